#!/usr/bin/env node
// Loads nothing but itself first, so that an older Node gets a sentence instead of a syntax error.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`oversign: Node 24 or newer is needed; this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  const { readFileSync } = await import('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const { endByFault } = await import('./cli/faults.ts');
  process.on('uncaughtException', endByFault); // rejections that nobody handles, too
  const { endWith, watchOutput } = await import('./cli/output.ts');
  watchOutput(process.argv[2]);
  const { main } = await import('./cli/main.ts');
  endWith(await main(process.argv.slice(2), manifest.version));
}
