"""The sentences of the written interviews. All persons in them are invented."""

from __future__ import annotations

MARKED = (
    "What does a normal week look like for you at the moment?",
    "How did you end up in logistics in the first place?",
    "Why are you looking to leave your current employer?",
    "What would your last manager say about the way you plan your work?",
    "How do you decide what to do first when everything is urgent?",
    "Which of your projects taught you the most, and what exactly did it teach you?",
    "Could you tell us how you onboard a new colleague?",
    "What is the difference between a process and a thread?",
    "How would you design a service that sends one million reminders a day?",
    "When was the last time you changed your mind about a technical decision?",
    "What happens between typing an address into a browser and seeing the page?",
    "Have you ever had to let a customer down, and how did you do it?",
    "Where do you see your career going over the next three years?",
    "Do you prefer to work alone or in a group?",
    "How comfortable are you with speaking in front of a larger audience?",
    "What kind of manager brings out the best in you?",
    "Which tools do you use to keep an eye on a running system?",
    "How do you make sure that a report is correct before you send it out?",
    "What attracted you to this position?",
    "How do you handle a teammate who keeps missing deadlines?",
    "Can you give me an example of a goal that you did not reach?",
    "What salary range do you have in mind?",
    "How many people reported to you in your last role?",
    "Is there a decision at work that you regret today?",
)
UNMARKED = (
    "Tell me about a project that went over budget.",
    "Walk me through the way you would test a payment form.",
    "Describe a situation in which you had to convince a sceptical colleague.",
    "Give me an example of feedback that was hard to hear.",
    "I'd like to hear about the largest team you have worked in.",
    "Please explain how an index speeds up a query.",
    "So, tell us a little about yourself and your background.",
    "I'm curious how you would go about the first thirty days here.",
    "Let's talk about your time at the insurance company.",
    "Talk me through a bug that took you more than a day to find.",
    "Imagine a client calls and is very angry about a late delivery.",
    "Help me understand why the migration took two years.",
    "Okay, and now share a moment in which you felt out of your depth.",
    "I want to understand how you estimate effort.",
)
ANSWERS = (
    "I usually start with the open tickets and then I sit down with the warehouse people.",
    "We had eleven stores at the time and I was responsible for the stock in four of them.",
    "First I drew the whole flow on a board, then I asked everybody where it hurts.",
    "In the end the waiting time went from nine days to three, and it has stayed there.",
    "I wrote a small script that compared both lists every night and mailed the differences.",
    "My manager was sceptical, so I ran it in parallel for a month before we switched.",
    "To be honest I would not do it like that again, because the testing came far too late.",
    "There were two of us, and we split the customers by region and spoke every morning.",
    "I took over the rota after a colleague left and rebuilt it from the requests people had made.",
    "It cost about forty thousand a year, and after the change it was closer to twenty five.",
    "I learned most of it on the job, with a very patient lead who reviewed everything I did.",
    "I would begin with the numbers we already have and look for the step that loses most time.",
    "Because the contract was ending I had six weeks, so I cut the scope to the essential reports.",
    "I like to write things down, since people remember meetings in very different ways.",
    "We measured complaints per thousand orders and that figure fell by a third over the summer.",
    "I called the client myself, explained what had happened and offered two dates.",
    "A thread shares memory with its siblings, while a process has memory of its own.",
    "I put the slow part into a queue so that the page could answer at once.",
    "I have been in that role for four years, and for the last two I have led the evening shift.",
    "That is where I noticed that half of the returns came from a single supplier.",
)
SHORT_ANSWERS = (
    "Yes.",
    "No, not really.",
    "Seven.",
    "Around fifty thousand.",
    "Yes, I do.",
    "Alone.",
)
FOLLOW_UPS = (
    "Why?",
    "Why did you do that?",
    "And what was the result?",
    "How did that go?",
    "What happened then?",
    "Can you give me an example of that?",
    "Could you say a bit more about that?",
    "What did you learn from it?",
    "How did they react?",
    "Can you elaborate?",
    "What would you do differently?",
    "In what way?",
    "Tell me more about that.",
    "How so?",
)
THANKS = (
    "Okay, great.",
    "Thank you.",
    "Right, I see.",
    "Perfect, thanks.",
    "That makes sense.",
    "Good.",
)
LISTENING = ("Mm-hm.", "Right.", "Okay.", "Yeah.", "Uh-huh.", "I see.", "Sure.")
CONTEXT = (
    "We have quite a lot of seasonal work here.",
    "Our team moved to a new system in the spring and not everybody likes it.",
    "In this role a good part of the day goes into talking to suppliers.",
    "I read in your CV that you spent two years abroad.",
    "We often have to choose between speed and quality.",
)
INVITATIONS = (
    "Do you have any questions for us?",
    "Is there anything you would like to ask me?",
    "What questions do you have for me?",
    "That was all from my side, do you have questions?",
    "Now it is your turn, any questions about the team or the job?",
)
CANDIDATE_ASKS = (
    "Yes. How large is the team I would be working with?",
    "What does success look like after the first year?",
    "Sure. Which systems do you plan to replace next?",
    "How do you organise working from home?",
    "What do you like most about working here?",
    "When can I expect to hear from you?",
    "Who would I report to in this role?",
)
INTERVIEWER_ANSWERS = (
    "You would be the sixth person, and two more will join us in the spring.",
    "We look at whether the deliveries are on time and at what the stores tell us.",
    "Most people are here for two days a week and choose the days themselves.",
    "I enjoy that nobody minds when you question an old habit.",
    "We decide by the end of next week and will call everybody.",
)
NO_QUESTIONS = ("No, I think you have covered everything.", "Not at the moment, thank you.")
CLOSINGS = (
    "Thank you very much for your time today.",
    "Great, then thanks for coming in, we will be in touch.",
    "It was nice talking to you.",
)
SMALL_TALK = (
    ("Hello, can you hear me well?", "Yes, loud and clear."),
    ("Good morning, how are you today?", "Very well, thank you."),
    ("Hi, how was your journey here?", "It was fine, the train was on time."),
    ("Welcome, did you find the office easily?", "Yes, your directions were very good."),
)
CLARIFICATIONS = (
    ("Sorry, do you mean at my current company?", "Yes, at your current company."),
    ("Could you repeat that please?", "Of course, I was asking about the daily work."),
    ("Should I talk about the technical side?", "Whatever you find more interesting."),
    ("Do you mean the first project or the second?", "The first one."),
)
COMMENTS = (
    "That is quite a lot of people.",
    "We had the same problem two years ago.",
    "Interesting, I would not have expected that.",
    "That sounds like a hard winter.",
)
PITCH = (
    "We are a family business with about three hundred people in four towns.",
    "This role is new, and it sits between purchasing and the warehouse.",
    "You may wonder why we are hiring now, and the reason is simply that we are growing.",
)
RHETORICAL = (
    "So what did I do?",
    "And why did it fail, you might ask?",
    "How do you fix something like that?",
)
QUOTED = (
    "My manager asked me, can you take the night shift?",
    "The customer said, where is my order?",
)
AGREED = ("Right?", "You know?", "Makes sense?", "Okay?")
