/** Why a call is none, or cannot be done on this workspace: nobody has decided against it. */
export const NO_CALL_CAUSES = ['unknown-tool', 'arguments', 'not-possible', 'cut-off'] as const;
export type NoCallCause = (typeof NO_CALL_CAUSES)[number];
