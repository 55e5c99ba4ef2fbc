// `npm run lint`, and `npm run format`, which also fixes what can be fixed.
import { lintChecks, runChecks } from "./lib/checks.mjs";
import { main } from "./lib/main.mjs";

await main(async () => {
  const counts = await runChecks(lintChecks(), { fix: process.argv.includes("--fix") });
  if (counts.failed > 0) process.exitCode = 1;
});
