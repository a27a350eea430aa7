import type { AnsweredBy } from '../../shared/answered.ts';
import type { LimitChoice, LimitQuestion } from '../../shared/limitQuestion.ts';
import type { QuestionDesk } from '../approval/questionDesk.ts';

/** Whether a run goes on over a limit, and who said so. */
export interface LimitAnswer {
  choice: LimitChoice;
  from: AnsweredBy;
}
export type LimitDesk = QuestionDesk<LimitQuestion, LimitAnswer>;

/** Whom a run asks at a limit. */
export interface AtLimits {
  desk: LimitDesk;
  /** Whether a person is there who could answer. */
  isPersonThere: boolean;
  run: string;
  newId(): string;
  now(): number;
  /** Returns once somebody is there who could see it (presence.ts). */
  attended(): Promise<void>;
  /** Told when it begins and stops to wait for the answer. */
  waiting(isWaiting: boolean): void;
}
