// A program that uses Twilio's own client for Node, and knows of no emulator unless it is told its base URL.
// It prints what it saw as JSON. tests/emulator/program.py is its twin.
//
//     node scenario.js <plan.json

"use strict";

const twilio = require("twilio");

const plan = JSON.parse(require("fs").readFileSync(0, "utf8"));

function signedIn(token) {
  const client = twilio(process.env.TWILIO_ACCOUNT_SID, token);
  if (plan.base_url) {
    client.api.baseUrl = client.messaging.baseUrl = plan.base_url;
  }
  return client;
}

const client = signedIn(process.env.TWILIO_AUTH_TOKEN);

async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return [error.status, error.code];
  }
  return null;
}

function send(parameters) {
  return client.messages.create({ to: plan.to, body: "Hello, é & 🦉", ...parameters });
}

async function delivered(message) {
  const statuses = [message.status];
  while (!["delivered", "undelivered", "failed"].includes(statuses.at(-1))) {
    message = await client.messages(message.sid).fetch();
    if (message.status !== statuses.at(-1)) {
      statuses.push(message.status);
    }
  }
  return statuses;
}

async function pages() {
  const found = [];
  let page = await client.messages.page({ to: plan.listed, pageSize: 4 });
  while (page) {
    found.push(page.instances.map((message) => message.sid));
    page = await page.nextPage();
  }
  return found;
}

async function run() {
  const sent = await send({ from: plan.from });
  const statuses = await delivered(sent);
  const paged = await pages();
  const listed = await client.messages.list({ to: plan.listed, pageSize: 3, limit: 7 });
  const redacted = await client.messages(sent.sid).update({ body: "" });
  const services = client.messaging.v1.services;
  const made = [];
  for (const friendlyName of ["Shop", "Post", "Bank"]) {
    made.push(await services.create({ friendlyName }));
  }
  const pool = services(made[0].sid).phoneNumbers;
  for (const phoneNumberSid of plan.number_sids) {
    await pool.create({ phoneNumberSid });
  }
  const service = { messagingServiceSid: made[0].sid };
  const sendAt = new Date(Date.now() + 3600 * 1000);
  const scheduled = await send({ ...service, scheduleType: "fixed", sendAt });
  const canceled = await client.messages(scheduled.sid).update({ status: "canceled" });
  const throughService = await send(service);
  await delivered(throughService);
  await services(made[2].sid).remove();
  const refusable = { from: plan.from, body: "x" };
  return {
    sent: { sid: sent.sid, body: sent.body },
    statuses,
    pages: paged,
    listed: listed.map((message) => message.sid),
    redacted: redacted.body,
    scheduled: { sid: scheduled.sid, status: scheduled.status },
    canceled: canceled.status,
    through_service: {
      sid: throughService.sid,
      from: [throughService.from, (await client.messages(throughService.sid).fetch()).from],
    },
    services: (await services.list({ pageSize: 1 })).map((one) => one.sid),
    pool: (await pool.list({ pageSize: 1 })).map((member) => member.phoneNumber),
    errors: {
      "no number": await refused(client.messages.create({ to: "+15005550", ...refusable })),
      "opted out": await refused(client.messages.create({ to: plan.opted_out, ...refusable })),
      unknown: await refused(client.messages("SM" + "0".repeat(32)).fetch()),
      "canceled twice": await refused(client.messages(scheduled.sid).update({ status: "canceled" })),
      "in the pool": await refused(pool.create({ phoneNumberSid: plan.number_sids[0] })),
      "wrong token": await refused(signedIn("wrong").messages(sent.sid).fetch()),
    },
  };
}

run().then((seen) => console.log(JSON.stringify(seen)));
