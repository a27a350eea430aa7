import * as z from 'zod';

/** How far what an action changes can be put back; `nothing`: it changes nothing. */
export const UndoStateSchema = z.enum(['whole', 'partly', 'none', 'nothing']);
export type UndoState = z.infer<typeof UndoStateSchema>;
