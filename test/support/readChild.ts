import { RootedFiles } from '../../src/node/files/rootedFiles.ts';
import { Scope } from '../../src/core/scope/scope.ts';

// Reads files as the file tools do, by the account that runs this: FOLDER DENIED NAME… Prints a line for each.
const [folder = '', denied = '', ...names] = process.argv.slice(2);
const scope = new Scope({
  roots: [folder],
  home: '/nonexistent',
  allowed: [],
  denied: denied === '' ? [] : [{ written: denied, origin: { layer: 'user' } }],
  protected: [],
  secrets: [],
});
const files = new RootedFiles(() => scope, []);
for (const name of names)
  try {
    const bytes = await files.read(`${folder}/${name}`, 1000);
    process.stdout.write(`${name}: ${new TextDecoder().decode(bytes).trim()}\n`);
  } catch (error) {
    process.stdout.write(`${name}: ${error instanceof Error ? error.name : 'failed'}\n`);
  }
