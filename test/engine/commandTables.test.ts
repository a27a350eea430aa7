import { everyLineIsDecided } from '../support/commandTables.ts';

everyLineIsDecided([
  { name: 'readonly', least: 450 },
  { name: 'everyday', least: 400 },
]);
