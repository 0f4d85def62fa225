/** The list of all routes of the function. */

import { capabilities } from "./capabilities.ts";
import { interviews } from "./interviews.ts";
import { jobPositions } from "./job_positions.ts";
import { processing } from "./processing.ts";
import { processingMany } from "./processing_many.ts";
import { research } from "./research.ts";

export const endpoints = [
  ...jobPositions,
  ...interviews,
  ...research,
  ...processing,
  ...processingMany,
  ...capabilities,
];
