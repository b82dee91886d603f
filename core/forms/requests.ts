import { wholeNumber } from "./form";

/**
 * Requests in a window of time above which AWS WAF turns an address away.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
 */
export const requestLimit = wholeNumber(10, 2_000_000_000, "choose a limit that AWS WAF accepts");
