#!/usr/bin/env node
// Loads nothing but itself first, so that an older Node gets a sentence instead of a syntax error.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`oversign: Node 24 or newer is needed; this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  // `oversign history | head`: a reader that has gone is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A command in the sandbox is ended first, and what it left is looked after (cli/sandbox.ts).
    if (process.argv[2] !== 'sandbox') process.exit(error.code === 'EPIPE' && process.argv[2] !== 'run' ? 0 : 1);
  });
  const { readFileSync } = await import('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const { endByFault } = await import('./cli/faults.ts');
  process.on('uncaughtException', endByFault); // rejections that nobody handles, too
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(process.argv.slice(2), manifest.version);
}
