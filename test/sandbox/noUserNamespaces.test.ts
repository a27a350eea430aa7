// bubblewrap is there and cannot work: what the command line says, and what the demo does without commands.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_NAMESPACES } from '../support/noNamespaces.ts';
import { copySample } from '../support/sampleStory.ts';
import { inTerminal, type Step, type TerminalEnd } from '../support/terminal.ts';
import { temporaryFolder } from '../support/tree.ts';

interface Way {
  way: string;
  /** A shell line in which `"$@"` is the program. */
  shell: string;
  cause: string;
  fix: string;
}

const WAYS: Way[] = [
  {
    way: 'a filter of system calls, as container engines have it',
    shell: `exec ${NO_NAMESPACES.join(' ')} "$@"`,
    cause:
      'Commands cannot be confined: the kernel refused new namespaces (bwrap: No permissions to create new namespace); this is usual inside a container.',
    fix: 'Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined (Docker, Podman), or run Oversign outside it.',
  },
  {
    way: 'a limit of none',
    shell: `exec unshare --user --map-root-user bash -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"' bash "$@"`,
    cause: 'Commands cannot be confined: user.max_user_namespaces is 0, so that none can be made.',
    fix: 'Allow namespaces: sudo sysctl -w user.max_user_namespaces=15000',
  },
  {
    way: 'an outer sandbox',
    shell: 'exec bwrap --dev-bind / / --unshare-user --disable-userns "$@"',
    cause:
      'Commands cannot be confined: Oversign itself runs in a sandbox that forbids further ones (bwrap --disable-userns, Flatpak and their kind).',
    fix: 'Start it outside of that sandbox.',
  },
];

/** `oversign` in a terminal on a copy of the sample. */
async function oversign(base: string, args: string[], shell?: string, steps: Step[] = []): Promise<TerminalEnd> {
  const { output, ...end } = await inTerminal(args, {
    base,
    steps,
    columns: 2000,
    ...(shell !== undefined && { shell }),
  });
  return { ...end, output: output.replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]/g, '') };
}

test('control: where they can be made, the sandbox works', async () => {
  const base = await temporaryFolder();
  const folder = join(base, 'sample');
  await copySample(folder);
  const { output } = await oversign(base, ['doctor', '--workspace', folder]);
  expect(output).toMatch(/^ok +sandbox:/m);
});

test.each(WAYS)('$way: doctor and a command name the cause and what to do', async ({ shell, cause, fix }) => {
  const base = await temporaryFolder();
  const folder = join(base, 'sample');
  await copySample(folder);
  const doctor = await oversign(base, ['doctor', '--workspace', folder], shell);
  expect(doctor.output).toContain(`FAIL  sandbox: ${cause} ${fix}\n`);
  expect(doctor.code).toBe(1);
  const command = await oversign(base, ['sandbox', '--workspace', folder, '--', 'echo', 'ran'], shell);
  expect(command.output).toContain(`${cause} ${fix}`);
  expect(command.output).not.toMatch(/^ran$/m);
  expect(command.code).toBe(125);
});

test.each(WAYS)('$way: the demo reads and mends, and says what it left out and why', async ({ shell, cause, fix }) => {
  const base = await temporaryFolder();
  const folder = join(base, 'sample');
  await copySample(folder);
  const steps: Step[] = [
    ['Allow\\? ', 'pause', 1.5],
    [null, 'send', 'y\r'],
  ];
  const args = ['run', 'Find the bug, fix it, and run the tests', '--workspace', folder, '--model', 'demo'];
  const { output, code, failed } = await oversign(base, args, shell, steps);
  expect(failed).toBeNull();
  expect(output).toContain('no commands (this machine cannot confine them)');
  expect(output).not.toContain('real sandbox');
  const words = output.replaceAll(/\s*\n[│┊] ?/g, ' ');
  expect(words).toContain(`I cannot run the tests here. ${cause}`);
  expect(words).toContain(`The tests were not run: this machine cannot confine commands. ${fix}`);
  expect(readFileSync(join(folder, 'src/total.sh'), 'utf8')).toContain('sum + price * count');
  expect(code).toBe(0);
});
