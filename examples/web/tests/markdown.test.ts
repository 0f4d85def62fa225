import { test } from "node:test";
import assert from "node:assert/strict";
import { belowHeading } from "../src/markdown.ts";

test("headings are one level below each other, whatever levels the author used", () => {
  const written = "<h2>A</h2><h4>B</h4><p>h1</p><h2>C</h2><h1>D</h1>";
  const shown = "<h3>A</h3><h4>B</h4><p>h1</p><h3>C</h3><h3>D</h3>";
  assert.equal(belowHeading(written, 2), shown);
});

test("there is no seventh level", () => {
  const written = "<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5>";
  assert.match(belowHeading(written, 2), /<h6>4<\/h6><h6>5<\/h6>$/);
});
