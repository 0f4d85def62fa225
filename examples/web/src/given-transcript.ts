/** A transcript that the user pastes, and an example to try. */
import { t } from "./language.ts";

export interface Paragraph {
  id: number;
  speaker: string;
  sentence: string;
}

/** Reads lines of "Name: what they say"; a line without a name continues the line before. */
export function paragraphs(text: string): Paragraph[] {
  const found: Paragraph[] = [];
  for (const line of text.split("\n").map((line) => line.trim()).filter(Boolean)) {
    const said = line.match(/^([\p{L}][\p{L}\p{N} .'-]{0,40}):\s+(.+)$/u);
    const last = found.at(-1);
    if (said) found.push({ id: found.length, speaker: said[1], sentence: said[2] });
    else if (last) last.sentence += ` ${line}`;
    else found.push({ id: 0, speaker: t("speaker.unknown"), sentence: line });
  }
  return found;
}

export const EXAMPLE = `\
Interviewer: Thanks for coming in. Could you tell me a little about your background?
Candidate: Sure. I spent six years in a calibration laboratory, the last two as shift lead. \
I signed off about forty instruments a week.
Interviewer: Tell me about a time when a measurement turned out to be wrong.
Candidate: In March a customer reported a drift of two percent. I pulled the reference, found \
that its certificate had lapsed, recalled eleven instruments and wrote the check that now stops \
a lapsed reference at the bench. We have had no recall since.
Interviewer: How would you explain measurement uncertainty to a customer?
Candidate: I would say it is how far the true value may lie from the number on the screen, and \
then show it on their own certificate.
Interviewer: What did you do when two deadlines fell on the same day?
Candidate: We talked about it and somehow it worked out.
Interviewer: Do you have any questions for us?
Candidate: How many references do you keep, and who looks after them?
Interviewer: About ninety, and that would be you.
`;
