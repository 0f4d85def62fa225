/** Adds a position by its address or its text, and changes the fields that its owner may edit. */

import * as v from "valibot";

import { endpoint } from "../endpoint.ts";
import { callersDatabase, newRow } from "../env.ts";
import { dataOf } from "../errors.ts";
import * as f from "../fields.ts";
import { tillOf } from "../paid.ts";
import { quickLook } from "../quick_look/quick_look.ts";
import { JobPosition } from "../rows.ts";
import { refusePrivate } from "../web_address.ts";

const MOST_DESCRIPTION_BYTES = 100_000;
// The quick look itself takes at most four.
const QUICK_LOOK_SECONDS = 30;

const common = {
  expectedSalary: f.maybe(f.text(200)),
  // Older clients send this field. There are no profiles any more, so its value is ignored.
  profileId: f.maybe(f.uuid),
};

const byUrl = endpoint({
  method: "POST",
  path: "/job-positions/by-url",
  summary: "Add a position by its address",
  body: f.fieldsOf({ jobUrl: f.webAddress, ...common }),
  status: 201,
  answer: JobPosition,
}, async (c, { body }) => {
  refusePrivate("jobUrl", body.jobUrl);
  return dataOf(
    await callersDatabase(c).from("job_positions").insert(newRow<"job_positions">({
      job_url: body.jobUrl,
      expected_salary: body.expectedSalary,
      quick_look: await quickLook(
        { address: body.jobUrl },
        tillOf(c, QUICK_LOOK_SECONDS),
      ),
    })).select().single(),
  );
});

const byDescription = endpoint({
  method: "POST",
  path: "/job-positions/by-description",
  summary: "Add a position by its text",
  body: f.fieldsOf({ jobDescription: f.longText(MOST_DESCRIPTION_BYTES), ...common }),
  status: 201,
  answer: JobPosition,
}, async (c, { body }) =>
  dataOf(
    await callersDatabase(c).from("job_positions").insert(newRow<"job_positions">({
      raw_job_description: body.jobDescription,
      expected_salary: body.expectedSalary,
      quick_look: await quickLook(
        { text: body.jobDescription },
        tillOf(c, QUICK_LOOK_SECONDS),
      ),
    })).select().single(),
  ));

const edit = endpoint({
  method: "PATCH",
  path: "/job-positions/:id",
  summary: "Edit a position",
  description: "What the worker fills in stays as it is edited here, until it is reset.",
  params: v.object({ id: f.uuid }),
  body: f.changesOf({
    job_title: f.orNull(f.text(500)),
    company_name: f.orNull(f.text(500)),
    company_logo: f.orNull(f.webAddress),
    company_website: f.orNull(f.webAddress),
    job_description: f.orNull(f.longText(MOST_DESCRIPTION_BYTES)),
    salary_range: f.orNull(f.text(500)),
    location: f.orNull(f.text(500)),
    employment_type: f.orNull(f.text(200)),
    expected_salary: f.orNull(f.text(200)),
    offer_received: f.flag,
    archived: f.flag,
    notes: f.orNull(f.text(10_000)),
  }),
  status: 200,
  answer: JobPosition,
}, async (c, { params, body }) =>
  dataOf(
    await callersDatabase(c).from("job_positions")
      .update(body).eq("id", params.id).select().maybeSingle(),
  ));

export const jobPositions = [byUrl, byDescription, edit];
