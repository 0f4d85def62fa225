import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { ask, codeOf, newPosition, signUp, worker } from "./support.ts";

const { test } = Deno;

test("a position by its address is added for the caller and waits for the worker", async () => {
  const user = await signUp();
  const { status, body } = await ask(user, "POST", "/job-positions/by-url", {
    jobUrl: " https://jobs.lever.co/acme-labs/5ac21346 ",
    expectedSalary: "70k",
    profileId: crypto.randomUUID(),
  });
  strictEqual(status, 201);
  strictEqual(body.account_id, user.id);
  strictEqual(body.job_url, "https://jobs.lever.co/acme-labs/5ac21346");
  strictEqual(body.expected_salary, "70k");
  strictEqual(body.processing_status, "pending");
  deepStrictEqual(body.quick_look, { company_name: "Acme Labs" });
});

test("a position by its text keeps the text as it is", async () => {
  const text = "# Baker\n\nAcme is hiring a Baker. \n";
  const { status, body } = await ask(await signUp(), "POST", "/job-positions/by-description", {
    jobDescription: text,
  });
  strictEqual(status, 201);
  strictEqual(body.raw_job_description, text);
  deepStrictEqual(body.quick_look, { job_title: "Baker", company_name: "Acme" });
});

test("a description is limited in bytes, not in characters", async () => {
  const user = await signUp();
  const fits = await ask(user, "POST", "/job-positions/by-description", {
    jobDescription: "ä".repeat(50_000),
  });
  strictEqual(fits.status, 201);
  const tooLong = await ask(user, "POST", "/job-positions/by-description", {
    jobDescription: "ä".repeat(50_001),
  });
  strictEqual(tooLong.status, 400);
  deepStrictEqual(Object.keys(tooLong.body.error.fields), ["jobDescription"]);
});

test("each editable field can be edited, and stays edited until it is reset", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  const changes = {
    job_title: "Baker",
    company_name: "Acme",
    company_logo: "https://example.com/logo.png",
    company_website: "https://example.com",
    job_description: "We bake.",
    salary_range: "70k",
    location: "Vienna",
    employment_type: "full_time",
    expected_salary: "80k",
    offer_received: true,
    archived: true,
    notes: "Ask about the kiln.\n\nAnd the shifts.",
  };
  const edited = await ask(user, "PATCH", `/job-positions/${id}`, changes);
  strictEqual(edited.status, 200);
  for (const [name, value] of Object.entries(changes)) strictEqual(edited.body[name], value);
  strictEqual(edited.body.processing_edited.length, 8);

  const some = await ask(user, "POST", `/processing/job_positions/${id}/reset`, {
    columns: ["job_title", "location"],
  });
  strictEqual(some.status, 200);
  ok(!some.body.processing_edited.includes("job_title"));
  strictEqual(some.body.processing_edited.length, 6);
  const all = await ask(user, "POST", `/processing/job_positions/${id}/reset`);
  deepStrictEqual(all.body.processing_edited, []);
  strictEqual(all.body.job_title, "Baker");
});

test("notes neither run a position again nor make its result an outdated one", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  await worker.from("job_positions").update({ processing_status: "completed" }).eq("id", id);
  const { body } = await ask(user, "PATCH", `/job-positions/${id}`, { notes: "They called." });
  strictEqual(body.notes, "They called.");
  strictEqual(body.processing_status, "completed");
  deepStrictEqual(body.processing_edited, []);
  deepStrictEqual(body.processing_outdated, []);
});

test("a field is emptied with null", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  await ask(user, "PATCH", `/job-positions/${id}`, { location: "Vienna" });
  const { body } = await ask(user, "PATCH", `/job-positions/${id}`, { location: null });
  strictEqual(body.location, null);
});

test("what only the worker writes is not a field of a change", async () => {
  const user = await signUp();
  const { id } = await newPosition(user);
  for (const name of ["processing_status", "salary_min", "account_id", "quick_look"]) {
    const answer = await ask(user, "PATCH", `/job-positions/${id}`, { [name]: null });
    strictEqual(answer.status, 400);
    deepStrictEqual(answer.body.error.fields, { [name]: "is not a field of this request" });
  }
});

test("a stranger's position cannot be edited, and is not said to exist", async () => {
  const { id } = await newPosition(await signUp());
  const answer = await ask(await signUp(), "PATCH", `/job-positions/${id}`, { archived: true });
  strictEqual(answer.status, 404);
  strictEqual(codeOf(answer), "not_found");
});
