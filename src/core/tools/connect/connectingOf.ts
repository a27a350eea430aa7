import type { CallResult, CallRun } from '../callRun.ts';
import { OpenCall } from '../openCall.ts';
import type { Step } from '../step.ts';
import type { CallContext } from '../tool.ts';
import { toolboxOf } from '../toolbox.ts';
import { Connections } from './connections.ts';

/** The path of a tool call (call.ts). */
type Gate = (call: OpenCall, run: CallRun, signal: AbortSignal) => Promise<CallResult>;

/** The connections of a command go through the gate as calls of their own, in its name. */
export function connectingOf(step: Step, run: CallRun, gate: Gate): NonNullable<CallContext['connecting']> {
  return (command, signal) => {
    const connections = new Connections({
      command,
      policy: async () => (await run.refresh()).policy,
      call: (tool, args, until) => {
        const inItsName: CallRun = {
          ...run,
          toolbox: toolboxOf([tool]),
          waiting: (isWaiting) => {
            run.waiting(isWaiting);
            connections.asking(isWaiting);
          },
        };
        const call = { id: run.newId(), name: tool.name, arguments: JSON.stringify(args) };
        const made = new OpenCall(call, inItsName, undefined, step.id);
        return gate(made, inItsName, AbortSignal.any([signal, until]));
      },
    });
    return connections;
  };
}

/** A call that an action needs on its way, such as a person's word on what it has met. */
export function callingOf(step: Step, run: CallRun, gate: Gate): NonNullable<CallContext['calling']> {
  return (tool, args, signal) => {
    const inItsName: CallRun = { ...run, toolbox: toolboxOf([tool]) };
    const call = { id: run.newId(), name: tool.name, arguments: JSON.stringify(args) };
    return gate(new OpenCall(call, inItsName, undefined, step.id), inItsName, signal);
  };
}
