// npm's emulate, its Slack part alone, on a free port of the loopback. It says where it is and ends with its input.
import net from "node:net";
import { createEmulator } from "emulate";

const seed = JSON.parse(process.env.SEED);

// It would listen on every address of the machine.
let server;
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function () {
  server = this;
  return listen.call(this, 0, "127.0.0.1");
};

const emulator = await createEmulator({ service: "slack", seed });
if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
console.log(JSON.stringify({ said: "ready", port: server.address().port }));

process.stdin.resume();
process.stdin.on("end", async () => {
  server.closeAllConnections();
  await emulator.close();
  process.exit(0);
});
