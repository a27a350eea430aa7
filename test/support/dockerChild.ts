import { DockerSandbox } from '../../src/node/sandbox/docker/dockerSandbox.ts';
import { cagedBy } from './sandboxRun.ts';

// Runs commands in containers until it is ended: `dockerChild.ts BASE`, with DOCKER_HOST. Says a line for each.
const cage = await cagedBy(
  process.argv[2] ?? '',
  'work',
  (folders, folder) => new DockerSandbox(folders, process.env, [folder]),
);
await cage.sandbox.begin('r');
for (let turn = 0; ; turn += 1) {
  const result = await cage.run(turn % 2 === 0 ? 'echo a; sleep 0.2' : 'sleep 600 & touch made');
  process.stdout.write(`${result.ending.kind}\n`);
}
