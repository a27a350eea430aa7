// Loaded before each npm script (node --import): goes on with the Node 24 that npm install brings, whatever Node there is.
// Plain JavaScript, so that an older Node can at least say what is missing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;
const repository = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(repository, 'node_modules');
const own = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(join(modules, '.package-lock.json'))) stop('npm install has not been run here, or was interrupted.');
if (Number(process.versions.node.split('.')[0]) < needed) {
  if (!works()) bringNode();
  if (!works()) stop(`Node ${needed} is not there (this is ${process.version}).`);
  process.exit(await again());
}

/** The package `node` fetches the real one in its install script, which somebody's settings may have left out. */
function bringNode() {
  console.log(`Fetching Node ${needed} from the npm registry, once ...`);
  const npm = process.env['npm_execpath'];
  const [file, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  spawnSync(file, [...args, 'rebuild', 'node', '--ignore-scripts=false'], { cwd: repository, stdio: 'inherit' });
}

function works() {
  return spawnSync(own, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The same script once more, on that Node; signals reach both, and the other one decides what they mean. */
function again() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  const path = [dirname(own), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(own, process.argv.slice(1), { stdio: 'inherit', env: { ...process.env, PATH: path } });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

function stop(why) {
  console.error(`${why} Run: npm install`);
  process.exit(1);
}
