import { z } from "zod";

import { countryCode, requestLimit } from "../../../core/forms";
import { listOf, mapOf, numberOf, section, text, textOf } from "../fields";
import { domainName } from "../routing/settings";

const values = listOf(z.string());

/** What an answer of the application says about success and failure. */
const responseSchema = z.union([
  section({
    /** The status tells. */
    kind: z.literal("status-code"),
    /** Statuses of success, ten at most. */
    success: listOf(z.number()),
    /** Statuses of failure, ten at most. */
    failure: listOf(z.number()),
  }),
  section({
    /** A header tells, by its whole value. */
    kind: z.literal("header"),
    /** Name of the header. */
    name: z.string(),
    /** Values of success, three at most. */
    success: values,
    /** Values of failure, three at most. */
    failure: values,
  }),
  section({
    /** The body tells, by what it contains. */
    kind: z.literal("body"),
    /** Texts of success, five at most. */
    success: values,
    /** Texts of failure, five at most. */
    failure: values,
  }),
  section({
    /** A field of a body of JSON tells. */
    kind: z.literal("json"),
    /** JSON pointer of the field, such as `/login/result`. */
    field: z.string(),
    /** Values of success, five at most. */
    success: values,
    /** Values of failure, five at most. */
    failure: values,
  }),
]);

/** What logins and sign-ups have in common. */
const requests = {
  /**
   * Whether paths are regular expressions. A path that is none stands for all that begin with it.
   *
   * @default false
   */
  regexInPath: z.boolean().default(false),
  /** How the payload is written: as JSON, or as a browser sends a form. */
  payloadType: z.enum(["JSON", "FORM_ENCODED"]),
  /**
   * What the answer says about success. Only CloudFront's web ACL sees answers; those of the regions
   * do without.
   *
   * @default - answers are not looked at
   */
  response: responseSchema.optional(),
};

const loginSchema = section({
  ...requests,
  /** Path that credentials are sent to. */
  path: z.string(),
  /** Field of the user's name: a JSON pointer such as `/user/name`, or the name of a form's field. */
  usernameField: z.string(),
  /** Field of the password. */
  passwordField: z.string(),
});

const signUpSchema = section({
  ...requests,
  /** Path of the page that people sign up on. */
  registrationPagePath: z.string(),
  /** Path that the sign-up is sent to. */
  creationPath: z.string(),
  /**
   * Field of the user's name.
   *
   * @default - none
   */
  usernameField: z.string().optional(),
  /**
   * Field of the password.
   *
   * @default - none
   */
  passwordField: z.string().optional(),
  /**
   * Field of the mail address.
   *
   * @default - none
   */
  emailField: z.string().optional(),
  /**
   * Fields that make up the phone number, in their order.
   *
   * @default - none
   */
  phoneNumberFields: listOf(z.string()).optional(),
  /**
   * Fields that make up the address, in their order.
   *
   * @default - none
   */
  addressFields: listOf(z.string()).optional(),
});

/** A managed rule group with settings. What AWS takes of them, the firewall knows. */
const managedRuleGroupSchema = section({
  /**
   * Whether its rules act, or are only counted.
   *
   * @default "block"
   */
  mode: z.enum(["block", "count"]).default("block"),
  /**
   * The version, such as `Version_1.0`, to decide oneself when to move on.
   *
   * @default - the one that AWS recommends, which moves on by itself
   */
  version: z.string().optional(),
  /**
   * Rules that act otherwise than AWS says, by name.
   *
   * @default - none
   */
  overrides: mapOf(z.string(), z.enum(["allow", "block", "count", "captcha", "challenge"])).optional(),
  /**
   * How closely `AWSManagedRulesBotControlRuleSet` looks; only for that group.
   *
   * @default "COMMON"
   */
  inspectionLevel: z.enum(["COMMON", "TARGETED"]).optional(),
  /**
   * What logins look like, which `AWSManagedRulesATPRuleSet` needs; only for that group.
   *
   * @default - none
   */
  login: loginSchema.optional(),
  /**
   * What sign-ups look like, which `AWSManagedRulesACFPRuleSet` needs; only for that group.
   *
   * @default - none
   */
  signUp: signUpSchema.optional(),
});

/** What an environment refuses. */
export const firewallSchema = section({
  /**
   * Blocks that no network of the environment takes traffic from.
   *
   * @default - none
   */
  blockedIpv4CidrBlocks: listOf(z.string()).prefault([]),
  /**
   * Whether `environments/<name>.blocklist.txt` lists more blocks, with reasons and expiry dates.
   *
   * @default false
   */
  blockList: z.boolean().default(false),
  /**
   * Addresses and blocks that are let in before any other rule is asked.
   *
   * @default - none
   */
  allowedIpCidrBlocks: listOf(z.string()).prefault([]),
  /**
   * Countries that are turned away, by their codes of two capital letters.
   *
   * @default - none
   */
  blockedCountries: listOf(textOf(countryCode)).optional(),
  /**
   * Groups of rules that AWS keeps up to date, in their order. A group that only counts shows in
   * the metrics what it would turn away: promote it to `block` when that is right. Where a group
   * needs settings, they stand in place of the word, which is then their `mode`.
   *
   * @default - the IP reputation list, the known bad inputs and the common rule set, all blocking
   */
  managedRuleGroups: mapOf(
    text(
      /^AWSManagedRules[A-Za-z0-9]+$/,
      "be a managed rule group of AWS",
      'write it like "AWSManagedRulesCommonRuleSet"',
    ),
    z.union([z.enum(["block", "count"]), managedRuleGroupSchema]),
  ).optional(),
  /**
   * Domains whose tokens are taken, with all names below them: a browser that has solved a challenge
   * for one of them need not do so again for the next.
   *
   * @default - the name that is asked for alone
   */
  tokenDomains: listOf(domainName).optional(),
  /**
   * How much of a body the rules see in front of CloudFront and App Runner. Load balancers hand over
   * 8 KiB and no more; above 16 requests cost extra.
   *
   * @default - 16
   */
  bodyInspectionKiB: z.literal([16, 32, 48, 64]).optional(),
  /**
   * Requests in five minutes above which an address is turned away. One health checker of Route 53
   * asks for 30 for each service of a region, at intervals of ten seconds.
   *
   * @default 2000
   */
  requestsPerFiveMinutes: numberOf(requestLimit).default(2_000),
});
