// What Twilio's calculator says of texts. A line in is JSON: [text, smart encoding]. A line out: [encoding, sizes, sizes now],
// the sizes being those of the segments. The calculator finds grapheme clusters by the rules of Unicode 10, of 2017; "sizes now"
// is what it would say with those of today, which Node knows, and null where that makes no difference to the clusters.
"use strict";

const { readFileSync } = require("node:fs");
const { SegmentedMessage } = require("sms-segments-calculator");

const BITS = { "GSM-7": 7, "UCS-2": 16 };
const TODAY = new Intl.Segmenter("en", { granularity: "grapheme" });

function sizes(message) {
  return message.segments.map((segment) => segment.messageSizeInBits() / BITS[message.encodingName]);
}

function clusters(text) {
  return Array.from(TODAY.segment(text), ({ segment }) => segment).flatMap((one) => (one === "\r\n" ? ["\r", "\n"] : [one]));
}

function judged([text, smartEncoding]) {
  const message = new SegmentedMessage(text, "auto", smartEncoding);
  const verdict = [message.encodingName, sizes(message), null];
  if (message.encodingName === "UCS-2") {
    const now = clusters(message.graphemes.join(""));
    if (now.join("|") !== message.graphemes.join("|")) {
      message.segments = message._buildSegments(message._encodeChars(now));
      verdict[2] = sizes(message);
    }
  }
  return verdict;
}

const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(lines.map((line) => JSON.stringify(judged(JSON.parse(line)))).join("\n"));
