import type { EventData, EventPayload } from '../../shared/auditEvent.ts';
import type { Changes } from '../checkpoint/port.ts';

/** What is more has no room in a record, and is in the list beside the log. */
const MOST_PATHS = 2000;
/** So many places where nobody looked are recorded. */
const MOST_LEFT_OUT = 100;

/** What an action changed, as its `changed` event says it. */
export function changedEvent(changes: Changes): {
  type: 'changed';
  data: EventData['changed'];
  payload: EventPayload['changed'];
} {
  const paths = changes.extent === 'unknown' ? [] : changes.paths;
  const leftOut = changes.extent === 'seen' ? changes.leftOut.slice(0, MOST_LEFT_OUT) : [];
  return {
    type: 'changed',
    data: {
      ...{ extent: changes.extent, paths: paths.length },
      ...(changes.extent !== 'unknown' && changes.list !== undefined && { list: changes.list }),
    },
    payload: { paths: paths.slice(0, MOST_PATHS).map((one) => ({ ...one })), ...(leftOut.length > 0 && { leftOut }) },
  };
}
