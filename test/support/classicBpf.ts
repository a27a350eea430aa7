import { systemCallFilter } from '../../src/core/sandbox/systemCallFilter.ts';
import { TABLES, type Architecture } from '../../src/core/sandbox/systemCalls.ts';

/** One instruction of classic BPF: struct sock_filter of linux/filter.h. */
export interface Instruction {
  code: number;
  whenTrue: number;
  whenFalse: number;
  value: number;
}

/** A system call as seccomp(2) shows it to a filter. */
export interface SystemCall {
  audit: number;
  number: number;
  args: readonly (number | bigint)[];
}

/** Allowed, or refused with this errno; 0 is a refusal that looks like success. */
export type Verdict = 'allowed' | number;

export function instructionsOf(bytes: Uint8Array): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => ({
    code: view.getUint16(index * 8, true),
    whenTrue: view.getUint8(index * 8 + 2),
    whenFalse: view.getUint8(index * 8 + 3),
    value: view.getUint32(index * 8 + 4, true),
  }));
}

/** struct seccomp_data, on a little-endian machine. */
function dataOf({ audit, number, args }: SystemCall): DataView {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, audit, true);
  data.setBigUint64(8, 0x7fff_1234_5678n, true);
  for (const [index, value] of args.entries()) data.setBigUint64(16 + 8 * index, BigInt(value), true);
  return data;
}

/** What the kernel makes of a call: a filter run as bpf(4) of the BSDs tells it, which seccomp took over. */
export function judge(program: readonly Instruction[], call: SystemCall): Verdict {
  const data = dataOf(call);
  let accumulator = 0;
  for (let at = 0; ; at += 1) {
    const one = program[at];
    if (!one) throw new Error(`the program runs out at instruction ${at}`);
    const { code, value } = one;
    const jump = (holds: boolean): void => {
      at += holds ? one.whenTrue : one.whenFalse;
    };
    switch (code) {
      case 0x20: // ld [k]
        accumulator = data.getUint32(value, true);
        break;
      case 0x15: // jeq
        jump(accumulator === value);
        break;
      case 0x25: // jgt, unsigned
        jump(accumulator > value);
        break;
      case 0x45: // jset
        jump((accumulator & value) !== 0);
        break;
      case 0x54: // and #k
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x06: // ret k
        return verdictOf(value);
      default:
        throw new Error(`instruction ${at} is unknown: ${code.toString(16)}`);
    }
  }
}

/** SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with its errno in the low half. */
function verdictOf(value: number): Verdict {
  if (value === 0x7fff0000) return 'allowed';
  if (value >>> 16 === 0x0005) return value & 0xffff;
  throw new Error(`a filter of a cage neither allows nor refuses: ${value.toString(16)}`);
}

export type Call = (name: string, ...args: (number | bigint)[]) => Verdict | 'none';

/** Calls by name, as a process of that architecture makes them; 'none' where it has no such call. */
export function callsOn(architecture: Architecture, memory: 'counted' | 'watched' = 'counted'): Call {
  const program = instructionsOf(systemCallFilter(architecture, memory));
  const { audit, numbers } = TABLES[architecture];
  return (name, ...args) => {
    const number = numbers[name];
    return number === undefined ? 'none' : judge(program, { audit, number, args });
  };
}
