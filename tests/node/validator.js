// Twilio's own validator: of each line of JSON on stdin, the signature that it expects and what it says of the one given.
const { createInterface } = require("node:readline");
const { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } = require("twilio");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { token, signed, seen, fields, signature, body } = JSON.parse(line);
  const expected = getExpectedTwilioSignature(token, signed, fields);
  const valid =
    body === null
      ? validateRequest(token, signature ?? expected, seen, fields)
      : validateRequestWithBody(token, signature ?? expected, seen, body);
  console.log(JSON.stringify([expected, valid]));
});
