import { readdirSync, readFileSync } from 'node:fs';
import type { TreeRoot } from './processTree.ts';

// Fields of /proc/PID/stat, counted as in proc(5) from the third.
const STATE = 3 - 3;
const PARENT = 4 - 3;
const START = 22 - 3;

/**
 * How long each thread of a tree has run so far, to the nanosecond (proc(5), /proc/PID/schedstat): two equal answers mean
 * that none of them ran in between, nor any that would have been started by them. Undefined while one runs, and where
 * it cannot be told: a thread that runs is counted only when it stops, and this is given up at the first.
 */
export function timesOfTasks(root: TreeRoot): string | undefined {
  const times: string[] = [];
  const seen = new Set<number>();
  const pending = [root.pid];
  try {
    for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
      if (seen.has(pid)) continue;
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const task = `/proc/${pid}/task/${thread}`;
        const fields = fieldsOf(readFileSync(`${task}/stat`, 'latin1'));
        const isOfTree = pid === root.pid ? isRoot(fields, thread, root) : seen.has(Number(fields[PARENT]));
        if (!isOfTree || fields[STATE] === 'R') return undefined;
        const ran = readFileSync(`${task}/schedstat`, 'latin1').trim();
        // A kernel that does not count says so by counting nothing.
        if (!/^[1-9]\d* \d+ [1-9]\d*$/.test(ran)) return undefined;
        times.push(`${pid} ${thread} ${fields[START] ?? ''} ${ran}`);
        for (const child of readFileSync(`${task}/children`, 'latin1').trim().split(' ')) {
          if (child !== '') pending.push(Number(child));
        }
      }
      seen.add(pid);
    }
  } catch {
    return undefined; // one ended while it was looked at; or this kernel has no such files
  }
  return times.join('\n');
}

/** Its number may be another one's by now. */
function isRoot(fields: readonly string[], thread: string, { pid, start }: TreeRoot): boolean {
  return Number(thread) !== pid || fields[START] === start;
}

/** The name (field 2) may hold spaces and brackets: fields are counted from its last bracket. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
