import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Probe } from '../../../core/sandbox/port.ts';
import type { Refusal } from '../probe.ts';
import { cagedCommand } from './commandLine.ts';
import { seatbeltConfig, type SeatbeltCage } from './config.ts';
import { runWrapped } from './runWrapped.ts';
import type { Wrap } from './wrap.ts';

/** What is tried, in the order in which the script reports. The first makes sure that not simply nothing works. */
const PROBES = [
  'the workspace can be read and changed',
  'a file outside cannot be read',
  'a file outside cannot be changed',
  'Oversign’s own data cannot be seen',
  'a denied file cannot be read, whatever its name',
  'a denied file cannot be changed or moved',
  'a protected file cannot be changed or moved',
  'a protected folder that does not exist cannot be made',
  'the folder of a protected file cannot be moved',
  'there is no network',
] as const;

/**
 * Each line says whether one thing held. Further names of a denied file: another case where the file system does not
 * care, a link, a second name, a clone. Connecting to a port where nobody listens: a refused connection has left
 * the cage, a forbidden one has not. Whether the file outside was changed is looked at from outside. (On Linux the cage has no interface but its own.)
 */
const SCRIPT = `
exec 2>/dev/null
n=0; said() { n=$((n+1)); if [ "$1" = 0 ]; then echo "held $n"; else echo "failed $n"; fi; }
not() { if "$@" >/dev/null 2>&1; then return 1; else return 0; fi; }
write() { echo changed > "$1"; }
cd "$1" || exit 1
[ "$(cat open)" = open ] && write made && [ "$(cat made)" = changed ]; said $?
not cat "$2"; said $?
write "$2"; said 0
not ls "$3"; said $?
ln -s denied link; ln denied second; cp -c denied clone; not grep -q denied denied DENIED link second clone; said $?
not write denied && not mv denied moved && not grep -q denied moved; said $?
not write sub/protected && not mv sub/protected moved; said $?
not mkdir .oversign && not write .oversign/policy.yaml && { [ ! -e OPEN ] || not mkdir .Oversign; }; said $?
not mv sub elsewhere; said $?
if [ -r /proc/net/dev ]; then [ "$(grep -c : /proc/net/dev)" -le 1 ]
else err=$( (exec 9<>/dev/tcp/127.0.0.1/9) 2>&1 ) && err=refused; case $err in *efused*) false ;; *) true ;; esac; fi; said $?
echo end`;

/** Proves a cage before anything else runs in one, with a small workspace made for it. */
export async function selfTest(
  wrap: Wrap,
  cage: Pick<SeatbeltCage, 'system' | 'toolchains' | 'scratch' | 'hidden'>,
  place: { temporary: string; data: string },
): Promise<{ probes: Probe[]; refusal: Refusal | undefined }> {
  const base = await mkdtemp(join(place.temporary, 'oversign-test-'));
  try {
    const [work, outside] = [join(base, 'work'), join(base, 'outside')];
    await mkdir(join(work, 'sub'), { recursive: true });
    const files = { [outside]: 'outside', [join(work, 'open')]: 'open', [join(work, 'denied')]: 'denied' };
    for (const [path, content] of Object.entries(files)) await writeFile(path, content);
    await writeFile(join(work, 'sub', 'protected'), 'protected');
    const config = seatbeltConfig({
      ...cage,
      roots: [work],
      workspace: 'writable',
      network: { kind: 'none' },
      view: { kind: 'in-place' },
      hidden: [...cage.hidden, join(work, 'denied')],
      readOnly: [join(work, 'sub', 'protected'), join(work, '.oversign')],
    });
    const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
    const limits = { memoryBytes: 2 ** 40, cpuSeconds: 20, diskBytes: 1 << 20, processes: 10_000 };
    const argv = ['/bin/bash', '-p', '-c', SCRIPT, 'self-test', work, outside, place.data];
    const { line, clean } = await wrap(cagedCommand(limits, argv, environment), config);
    const launch = { argv, cwd: work, environment, workspace: 'writable', secrets: 'hidden' } as const;
    const result = await runWrapped(
      line,
      { launch, limits, timeoutMs: 15_000, outputCap: 10_000 },
      AbortSignal.timeout(20_000),
    ).finally(clean);
    const isUntouched = (await readFile(outside, 'utf8')) === 'outside';
    if (result.ending.kind === 'violation') return { probes: [], refusal: explainFailure(result.output) };
    const probes = probesOf(result.output, isUntouched);
    const failed = probes.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
    if (failed.length === 0) return { probes, refusal: undefined };
    return {
      probes,
      refusal: {
        works: false,
        cause: `Commands cannot be confined: the sandbox did not hold in its self-test (${failed.join('; ')}).`,
        fix: 'Please report this: a sandbox that does not hold is never used.',
      },
    };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** What was not reported has not held. */
function probesOf(output: string, isUntouched: boolean): Probe[] {
  const held = new Set([...output.matchAll(/^held (\d+)$/gm)].map(([, number]) => Number(number)));
  const isWhole = /^end$/m.test(output);
  return PROBES.map((name, index) => {
    const holds = held.has(index + 1) && isWhole && (name !== 'a file outside cannot be changed' || isUntouched);
    return { name, outcome: holds ? 'held' : 'failed' };
  });
}

/** Turns what sandbox-exec said when it could not start into cause and fix. */
export function explainFailure(output: string): Refusal {
  const said = output.trim().split('\n')[0] ?? '';
  const refusal = (cause: string, fix: string): Refusal => ({
    works: false,
    cause: `Commands cannot be confined: ${cause}.`,
    fix,
  });
  if (/sandbox_apply: Operation not permitted/.test(said))
    return refusal(
      'the editor itself runs in a sandbox, and macOS does not put one inside another',
      'Start the editor, or the terminal, outside that sandbox.',
    );
  if (/sandbox-exec.*(No such file|not found)/.test(said))
    return refusal(
      '/usr/bin/sandbox-exec is missing',
      'It is part of macOS up to now; work in a dev container or on a remote Linux host instead.',
    );
  return refusal(
    `sandbox-exec failed (${said === '' ? 'it said nothing' : said.slice(0, 300)})`,
    'See whether `sandbox-exec -p "(version 1)(allow default)" /usr/bin/true` works for you in a terminal, and please report this.',
  );
}
