// A small app on Slack's own Bolt for JavaScript. It knows nothing of the server but its address and two tokens.
// It says what happens to it as lines of JSON and ends with its input.
import bolt from "@slack/bolt";

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken } = process.env;
const say = (said, more = {}) => console.log(JSON.stringify({ said, ...more }));

const app = new bolt.App({ token, appToken, socketMode: true, logLevel: "error", clientOptions: { slackApiUrl } });

const plain = (text) => ({ type: "plain_text", text });
const options = ["first", "second", "third"].map((value) => ({ text: plain(value), value }));
const placeholder = plain("choose");

const form = {
  type: "modal",
  callback_id: "probe.form",
  private_metadata: "kept",
  notify_on_close: true,
  title: plain("Probe"),
  submit: plain("Send"),
  close: plain("Leave"),
  blocks: [
    { type: "input", block_id: "name", label: plain("Name"), element: { type: "plain_text_input", action_id: "typed" } },
    {
      type: "input",
      block_id: "load",
      optional: true,
      label: plain("Loaded"),
      element: { type: "external_select", action_id: "loaded", min_query_length: 0, placeholder },
    },
    {
      type: "actions",
      block_id: "more",
      elements: [
        { type: "button", action_id: "probe.push", text: plain("Further") },
        { type: "button", action_id: "probe.update", text: plain("Change") },
      ],
    },
  ],
};

const further = { type: "modal", callback_id: "probe.further", title: plain("Further"), blocks: [
  { type: "section", text: { type: "mrkdwn", text: "on top" } },
] };

const chooser = (action_id, type, more) => ({ type, action_id, ...more });
const everything = [
  { type: "header", text: plain("Every element") },
  {
    type: "actions",
    block_id: "all",
    elements: [
      chooser("e.button", "button", { text: plain("Press"), value: "pressed", style: "primary" }),
      chooser("e.static", "static_select", { options, placeholder }),
      chooser("e.external", "external_select", { placeholder, min_query_length: 0 }),
      chooser("e.users", "users_select", { placeholder }),
      chooser("e.conversations", "conversations_select", { placeholder }),
      chooser("e.channels", "channels_select", { placeholder }),
      chooser("e.overflow", "overflow", { options }),
      chooser("e.date", "datepicker", { placeholder }),
      chooser("e.time", "timepicker", { placeholder }),
      chooser("e.radio", "radio_buttons", { options }),
      chooser("e.boxes", "checkboxes", { options }),
    ],
  },
  {
    type: "section",
    block_id: "many",
    text: { type: "mrkdwn", text: "several" },
    accessory: chooser("e.many", "multi_static_select", { options, placeholder }),
  },
];

app.command("/probe", async ({ command, ack, respond, say: answer }) => {
  await ack();
  if (command.text === "elements") {
    await answer({ text: "elements", blocks: everything });
    return;
  }
  await respond({ response_type: "ephemeral", text: `heard ${command.text}` });
  await answer({
    text: `posted ${command.text}`,
    blocks: [{ type: "actions", elements: [{ type: "button", action_id: "probe.open", text: plain("Open"), value: "7" }] }],
  });
});

app.command("/upload", async ({ command, ack, client }) => {
  await ack();
  const about = { channel_id: command.channel_id, initial_comment: "the log" };
  const sent = await client.files.uploadV2({ ...about, filename: "probe.log", content: "line 1\nline 2\n" });
  say("uploaded", { ok: sent.ok });
});

app.command("/stream", async ({ command, ack, client }) => {
  await ack();
  const { ts } = await client.chat.postMessage({ channel: command.channel_id, text: "streams below" });
  const to = { channel: command.channel_id, thread_ts: ts };
  const recipient = { recipient_team_id: command.team_id, recipient_user_id: command.user_id };
  const streamer = client.chatStream({ ...to, ...recipient, buffer_size: 1 });
  for (const markdown_text of ["one ", "two ", "three"]) await streamer.append({ markdown_text });
  await streamer.stop();
});

app.command("/list", async ({ ack, client }) => {
  await ack();
  const names = [];
  for await (const page of client.paginate("users.list", { limit: 2 })) names.push(...page.members.map(({ name }) => name));
  say("listed", { names });
});

app.command("/lpm", async ({ command, ack }) => ack({ response_type: "in_channel", text: `acknowledged ${command.text}` }));

app.action("probe.open", async ({ ack, body, client, respond, action }) => {
  await ack();
  await respond({ replace_original: true, text: `pressed ${action.value}` });
  await client.views.open({ trigger_id: body.trigger_id, view: form });
});

app.action("probe.push", async ({ ack, body, client }) => {
  await ack();
  await client.views.push({ trigger_id: body.trigger_id, view: further });
});

app.action("probe.update", async ({ ack, body, client }) => {
  await ack();
  await client.views.update({ view_id: body.view.id, hash: body.view.hash, view: { ...form, title: plain("Changed") } });
});

app.action(/^e\./, async ({ ack, action }) => {
  await ack();
  say("chosen", { action });
});

app.options(/.*/, async ({ ack, payload }) => {
  await ack({ options: options.filter(({ value }) => value.startsWith(payload.value)) });
});

app.view("probe.form", async ({ ack, view, client }) => {
  const name = view.state.values.name.typed.value;
  if (name !== "good") {
    await ack({ response_action: "errors", errors: { name: `${name} won't do` } });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: "C0POWEROPS", text: `accepted ${name}, ${view.private_metadata}` });
});

app.view({ callback_id: "probe.form", type: "view_closed" }, async ({ ack, body }) => {
  await ack();
  say("closed", { cleared: body.is_cleared });
});

app.shortcut("explain_codes", async ({ ack, shortcut, respond }) => {
  await ack();
  await respond({ text: `looked at ${shortcut.message.text}` });
});

app.shortcut("probe.global", async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: form });
});

app.event("app_mention", async ({ event, say: answer }) => {
  await answer({ text: `mentioned by <@${event.user}>`, thread_ts: event.ts });
});

app.message("hello", async ({ message, say: answer }) => {
  await answer(`hello to you in ${message.channel_type}`);
});

app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "your home" } }] },
  });
});

app.error(async (error) => {
  say("failed", { error: String(error), code: error.code, data: error.data });
  process.exitCode = 1;
});

process.stdin.resume();
process.stdin.on("end", async () => {
  await app.stop();
  process.exit();
});

await app.start();
say("ready");
