// Whether Twilio's client accepts signed webhooks. A line in is JSON: {token, signature, url, fields, body}, where fields is an
// object of arrays, and body the text of a body that is no form, or null. A line out: true or false.
"use strict";

const { readFileSync } = require("node:fs");
const { validateRequest, validateRequestWithBody } = require("twilio");

function accepted({ token, signature, url, fields, body }) {
  return body === null
    ? validateRequest(token, signature, url, fields)
    : validateRequestWithBody(token, signature, url, body);
}

const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
console.log(lines.map((line) => accepted(JSON.parse(line))).join("\n"));
