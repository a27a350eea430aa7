import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConversationChanged, LogRefusal, RunFull, RunTakenOver } from '../../src/core/audit/port.ts';
import { Failure, kindOfError } from '../../src/core/outcome.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { CROSSINGS, problemOf, type CrossingName } from '../../src/node/audit/crossing.ts';
import { AuditFailure, failureOf } from '../../src/node/audit/failureOf.ts';
import { IndexDamaged, LogReplaced, OtherFormat, RulesChanged } from '../../src/node/audit/problems.ts';
import { temporaryFolder } from '../support/tree.ts';

/** What `error`, thrown by the store, is for whoever called `append`. */
function across(error: unknown): Error {
  return failureOf('append', structuredClone(problemOf(error)));
}

describe('errors keep their class across the worker of the log', () => {
  /** One of each class that crosses. */
  const THROWN: Record<CrossingName, Error> = {
    RunFull: new RunFull('no room'),
    RunTakenOver: new RunTakenOver(),
    LogRefusal: new LogRefusal('No.'),
    ConversationChanged: new ConversationChanged('it was changed'),
    LogReplaced: new LogReplaced('damaged', 'event 5 is another'),
    OtherFormat: OtherFormat.of('/d/audit.db', true),
    RulesChanged: new RulesChanged(),
    IndexDamaged: new IndexDamaged(),
  };
  const thrown = (arrives: 'as itself' | 'as the cause'): [string, Error][] =>
    (Object.keys(CROSSINGS) as CrossingName[])
      .filter((name) => CROSSINGS[name].arrives === arrives)
      .map((name) => [name, THROWN[name]]);

  test.each(thrown('as itself'))('%s arrives as itself', (_, error) => {
    const arrived = across(error);
    expect(arrived.constructor).toBe(error.constructor);
    expect(arrived.message).toContain(error.message);
    expect(kindOfError(arrived)).toBe(kindOfError(error));
  });

  const full: [string, Error] = ['Failure', new Failure('the disk is full')];
  test.each([...thrown('as the cause'), full])('%s is why the log failed', (_, error) => {
    const arrived = across(error);
    expect(arrived).toBeInstanceOf(AuditFailure);
    expect(arrived.message).toBe(`The audit log cannot be written: ${error.message}. Nothing is done without it.`);
    expect(arrived.cause).toEqual(error);
    expect((arrived.cause as Error).constructor).toBe(error.constructor);
    expect({ ...(arrived.cause as Error) }).toEqual({ ...error });
  });

  test('what the system and the database say is no bug', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write', errno: -28 });
    const sqlite = Object.assign(new Error('no such table: events'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
    for (const error of [full, sqlite]) expect(across(error)).toBeInstanceOf(AuditFailure);
  });

  test('a bug stays one, and its stack says where in the worker', () => {
    const bug = new TypeError('x is not a function');
    const arrived = across(bug);
    expect(kindOfError(arrived)).toBe('bug');
    expect(arrived.message).toContain('The audit log cannot be written: x is not a function');
    expect(arrived.stack).toContain(String(bug.stack));
    expect(kindOfError(across('a text'))).toBe('bug');
  });

  test('a bug in the real worker', async () => {
    await using audit = await AuditClient.open(await temporaryFolder());
    const error: unknown = await audit.append(null as unknown as NewEvent).catch((caught: unknown) => caught);
    expect(kindOfError(error)).toBe('bug');
    expect((error as Error).stack).toMatch(/at .*(chainWriter|audit-worker)/);
  });

  test('there is no other class that the store could throw', () => {
    const files = [
      'src/core/audit/port.ts',
      ...readdirSync('src/node/audit').map((name) => join('src/node/audit', name)),
    ];
    const classes = files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('failureOf.ts'))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(/class (\w+) extends (?:Failure|Refusal|Error|LogProblem)\b/g),
      ])
      .map(([, name]) => name)
      .filter((name) => name !== 'LogProblem'); // what several of them have in common
    expect(classes.sort()).toEqual(Object.keys(CROSSINGS).sort());
  });
});
