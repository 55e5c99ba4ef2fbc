// `npm start`: all set-up, then the demonstration.
import { demo } from "./demo.mjs";
import { main } from "./lib/main.mjs";
import { seconds } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";

await main(async () => {
  const started = Date.now();
  await setUp(["npm", "addon", "bundles", "rust"]);
  console.log(`set-up: ready after ${seconds(started)}`);
  await demo();
});
