// The only command that the set-up asks the user to run as root, if it is not root itself: installs the named Debian or Ubuntu packages.
import { aptInstall, isDebianLike } from "./lib/apt.mjs";
import { main } from "./lib/main.mjs";
import { PlainError } from "./lib/run.mjs";

await main(async () => {
  const packages = process.argv.slice(2);
  if (packages.length === 0) throw new PlainError("usage: install-system-packages.mjs PACKAGE…");
  if (!isDebianLike() || process.getuid?.() !== 0) throw new PlainError("This is for Debian and Ubuntu, as root.");
  await aptInstall(packages);
  console.log(`Installed: ${packages.join(" ")}`);
});
