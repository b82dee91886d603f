/** Severities of findings, the worst first. */
export const severities = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"] as const;

/** One of {@link severities}. */
export type Severity = (typeof severities)[number];
