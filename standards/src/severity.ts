/** One scale for everything: P1 danger to people … P4 routine; `advice` is listed and makes no ticket. */
export const severities = ['emergency', 'high', 'medium', 'low', 'advice'] as const;
export type Severity = (typeof severities)[number];

/** What a rule's episode means for uptime. `unknown` is the effect of silence. */
export type Effect = 'down' | 'degraded' | 'none' | 'unknown';

export type Verdict = 'ok' | 'breach' | 'unknown';
export type Phase = 'ok' | 'pending' | 'breach' | 'clearing' | 'unknown';
