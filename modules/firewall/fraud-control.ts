import type { ProviderStatement } from "./private/statement";

/** How a payload is written: as JSON, or as a browser sends a form. */
export type PayloadType = "JSON" | "FORM_ENCODED";

/**
 * What an answer of the application says about success and failure, which only the firewall of a
 * distribution sees: it turns away addresses and sessions that fail too often.
 */
export type ResponseInspection =
  | {
      /** The status tells. */
      readonly kind: "status-code";
      /** Statuses of success, ten at most. */
      readonly success: readonly number[];
      /** Statuses of failure, ten at most. */
      readonly failure: readonly number[];
    }
  | {
      /** A header tells, by its whole value. */
      readonly kind: "header";
      /** Name of the header. */
      readonly name: string;
      /** Values of success, three at most. */
      readonly success: readonly string[];
      /** Values of failure, three at most. */
      readonly failure: readonly string[];
    }
  | {
      /** The first 64 KB of the body tell, by what they contain. */
      readonly kind: "body";
      /** Texts of success, five at most. */
      readonly success: readonly string[];
      /** Texts of failure, five at most. */
      readonly failure: readonly string[];
    }
  | {
      /** A field of a body of JSON tells. */
      readonly kind: "json";
      /** JSON pointer of the field, such as `/login/result`. */
      readonly field: string;
      /** Values of success, five at most. */
      readonly success: readonly string[];
      /** Values of failure, five at most. */
      readonly failure: readonly string[];
    };

/** What logins and sign-ups have in common. */
interface FraudInspection {
  /**
   * Whether paths are regular expressions. A path that is none stands for all that begin with it.
   *
   * @default false
   */
  readonly regexInPath?: boolean;
  /** How the payload is written. */
  readonly payloadType: PayloadType;
  /**
   * What the answer says, in front of CloudFront only.
   *
   * @default - answers are not looked at
   */
  readonly response?: ResponseInspection;
}

/**
 * What a login looks like, for `AWSManagedRulesATPRuleSet`. Fields are named by JSON pointers such as
 * `/form/username` in a payload of JSON, and by their names in a form.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-atp-rg-using.html
 */
export interface LoginInspection extends FraudInspection {
  /** Path that credentials are sent to, such as `/api/login`. */
  readonly path: string;
  /** Field of the user's name. */
  readonly usernameField: string;
  /** Field of the password. */
  readonly passwordField: string;
}

/**
 * What a sign-up looks like, for `AWSManagedRulesACFPRuleSet`. Fields are named as for a
 * {@link LoginInspection}.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-acfp-rg-using.html
 */
export interface SignUpInspection extends FraudInspection {
  /** Path of the page that people sign up on. */
  readonly registrationPagePath: string;
  /** Path that the sign-up is sent to. */
  readonly creationPath: string;
  /**
   * Field of the user's name.
   *
   * @default - none
   */
  readonly usernameField?: string;
  /**
   * Field of the password.
   *
   * @default - none
   */
  readonly passwordField?: string;
  /**
   * Field of the mail address.
   *
   * @default - none
   */
  readonly emailField?: string;
  /**
   * Fields that make up the phone number, in their order.
   *
   * @default - none
   */
  readonly phoneNumberFields?: readonly string[];
  /**
   * Fields that make up the address, in their order.
   *
   * @default - none
   */
  readonly addressFields?: readonly string[];
}

/** The configuration of the group that watches logins. */
export function renderLogin(login: LoginInspection): ProviderStatement {
  return {
    login_path: login.path,
    ...renderCommon(login),
    request_inspection: {
      payload_type: login.payloadType,
      ...fieldNamed("username_field", login.usernameField),
      ...fieldNamed("password_field", login.passwordField),
    },
  };
}

/** The configuration of the group that watches sign-ups. */
export function renderSignUp(signUp: SignUpInspection): ProviderStatement {
  return {
    creation_path: signUp.creationPath,
    registration_page_path: signUp.registrationPagePath,
    ...renderCommon(signUp),
    request_inspection: {
      payload_type: signUp.payloadType,
      ...fieldNamed("username_field", signUp.usernameField),
      ...fieldNamed("password_field", signUp.passwordField),
      ...fieldNamed("email_field", signUp.emailField),
      ...fieldsNamed("phone_number_fields", signUp.phoneNumberFields),
      ...fieldsNamed("address_fields", signUp.addressFields),
    },
  };
}

/** Most values of each kind that tell success, and as many that tell failure. */
const mostValues: Readonly<Record<ResponseInspection["kind"], number>> = {
  "status-code": 10,
  header: 3,
  body: 5,
  json: 5,
};

/** What logins and sign-ups must be, to be read after "must". */
export const fraudExpectation =
  "have paths of 1 to 256 characters that begin with '/' unless they are regular expressions, fields that begin with '/' in a payload of JSON, and for each of success and failure 1 to 10 statuses, 3 values of a header or 5 texts, none in both";

/** Whether AWS WAF takes the description of a login. */
export function isUsableLogin(login: LoginInspection): boolean {
  return isUsable(login, [login.path], [login.usernameField, login.passwordField]);
}

/** Whether AWS WAF takes the description of a sign-up. */
export function isUsableSignUp(signUp: SignUpInspection): boolean {
  const { usernameField, passwordField, emailField, phoneNumberFields = [], addressFields = [] } = signUp;
  const fields = [usernameField, passwordField, emailField, ...phoneNumberFields, ...addressFields];
  return isUsable(
    signUp,
    [signUp.creationPath, signUp.registrationPagePath],
    fields.filter((field) => field !== undefined),
  );
}

function isUsable(
  { regexInPath = false, payloadType, response }: FraudInspection,
  paths: readonly string[],
  fields: readonly string[],
): boolean {
  return (
    paths.every((path) => isText(path, 256) && (regexInPath || path.startsWith("/"))) &&
    fields.every((field) => isText(field, 512) && (payloadType !== "JSON" || field.startsWith("/"))) &&
    (response === undefined || isUsableResponse(response))
  );
}

function isUsableResponse(response: ResponseInspection): boolean {
  const success = response.success.map(String);
  const failure = response.failure.map(String);
  return (
    [success, failure].every(
      (values) =>
        values.length > 0 &&
        values.length <= mostValues[response.kind] &&
        values.every((value) => isText(value, 100)),
    ) && !success.some((value) => failure.includes(value))
  );
}

function isText(text: string, longest: number): boolean {
  return text.trim() !== "" && text.length <= longest;
}

function renderCommon({ regexInPath = false, response }: FraudInspection): ProviderStatement {
  return {
    ...(regexInPath ? { enable_regex_in_path: true } : {}),
    ...(response === undefined ? {} : { response_inspection: renderResponse(response) }),
  };
}

function renderResponse(response: ResponseInspection): ProviderStatement {
  const { success, failure } = response;
  switch (response.kind) {
    case "status-code":
      return { status_code: { success_codes: success, failure_codes: failure } };
    case "header":
      return { header: { name: response.name, success_values: success, failure_values: failure } };
    case "body":
      return { body_contains: { success_strings: success, failure_strings: failure } };
    case "json":
      return { json: { identifier: response.field, success_values: success, failure_values: failure } };
  }
}

function fieldNamed(name: string, identifier: string | undefined): ProviderStatement {
  return identifier === undefined ? {} : { [name]: { identifier } };
}

function fieldsNamed(name: string, identifiers: readonly string[] = []): ProviderStatement {
  return identifiers.length === 0 ? {} : { [name]: { identifiers } };
}
