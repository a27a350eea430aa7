/** The suite in the extension host as a process of its own. usage: main.ts FILE   FILE gets the result, as JSON. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from './runSuite.ts';

writeFileSync(process.argv[2] ?? '', JSON.stringify(await runSuite(join(import.meta.dirname, '..', '..'))));
