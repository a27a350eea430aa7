import { caged } from './sandboxRun.ts';

// Begins a dry run that does not end by itself; whoever started this ends it.
const cage = await caged(process.argv[2] ?? '');
const spec = await cage.spec(['/bin/bash', '-c', 'echo changed > a.txt; echo started > b.txt; sleep 100']);
await cage.sandbox.dryRuns.run(
  { ...spec, view: { kind: 'copy-on-write' }, onOutput: () => undefined },
  new AbortController().signal,
);
