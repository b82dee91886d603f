/** Days that a log is kept unless said otherwise. */
export const defaultLogRetentionDays = 30;
