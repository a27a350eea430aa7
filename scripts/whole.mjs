// npm runs this at the end of `npm install`. If an earlier one was killed while it unpacked, npm takes the half-unpacked
// packages for whole ones; they are found by their age and unpacked again. Plain JavaScript for any Node; Linux only.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(repository, 'node_modules');
const marker = join(modules, '.oversign-whole'); // written when an install has come to its end
const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

const half = existsSync(modules) && process.env['OVERSIGN_WHOLE'] !== '1' ? leftBehind() : [];
if (half.length > 0) {
  console.log(`An earlier npm install was interrupted: unpacking ${half.length} packages again ...`);
  for (const folder of half) rmSync(folder, { recursive: true, force: true });
  rmSync(join(modules, '.package-lock.json'), { force: true });
  const npm = process.env['npm_execpath'];
  const [file, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const env = { ...process.env, OVERSIGN_WHOLE: '1' };
  const { status } = spawnSync(file, [...args, 'install'], { cwd: repository, stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} else if (existsSync(modules)) writeFileSync(marker, '');

/** Packages unpacked after the last install that came to its end, and before this one began. */
function leftBehind() {
  const now = beganNpm();
  if (now === undefined) return [];
  const last = existsSync(marker) ? statSync(marker).mtimeMs : 0;
  // A folder that is younger than its marker is a copy of one that was whole, and so is everything in it.
  if (last > 0 && statSync(modules).birthtimeMs > last) return [];
  return packages().filter((folder) => {
    const { birthtimeMs } = statSync(folder);
    return birthtimeMs > last && birthtimeMs < now;
  });
}

function packages() {
  const folders = (parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name));
  return folders(modules).flatMap((folder) => {
    const name = folder.slice(modules.length + 1);
    if (name === '.bin' || name === '.cache') return [];
    return name.startsWith('@') ? folders(folder) : [folder];
  });
}

/** When the npm that runs this began, in milliseconds since 1970: the first ancestor that is called npm. */
function beganNpm() {
  try {
    for (let pid = process.ppid; pid > 1;) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Fields after the name, which may hold anything: state, parent, ..., the 20th is the start in ticks (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [title] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (/^npm\b/.test(title) || /npm-cli\.js/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) {
        const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
        return Date.now() - (uptime - Number(fields[19]) / ticksPerSecond) * 1000;
      }
      pid = Number(fields[1]);
    }
  } catch {
    // no /proc: no way to tell
  }
  return undefined;
}
