import type { RunSummary } from '../../shared/auditEvent.ts';
import { PROVIDER_NAMES } from '../../shared/providers.ts';
import type { Model } from '../models/port.ts';
import { Refusal } from '../outcome.ts';

/**
 * Stands for the model that a run of the log was with, as long as it is only shown. It is asked nothing: whoever goes on
 * with the run opens it anew, with the model that is chosen then (runDesk.ts).
 */
export function noModel({ model, destination }: Pick<RunSummary, 'model' | 'destination'>): Model {
  return {
    provider: PROVIDER_NAMES[0], // nothing is sent by it
    label: model ?? 'a model that is not known any more',
    destination: destination ?? 'Where its prompts went is not known any more.',
    stream: () => {
      throw new Refusal('No model was chosen for this run.');
    },
  };
}
