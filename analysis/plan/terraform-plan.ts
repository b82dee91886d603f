/**
 * The parts of `terraform show -json <plan>` that are read here (format version 1.x).
 *
 * Every member is optional or unknown where Terraform may leave it out: plans of other versions, and
 * of OpenTofu, are read as far as they go.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export interface TerraformPlanJson {
  readonly format_version?: string;
  readonly terraform_version?: string;
  readonly resource_changes?: readonly PlannedResource[];
  readonly resource_drift?: readonly PlannedResource[];
  readonly output_changes?: Readonly<Record<string, PlannedChange>>;
  readonly checks?: readonly PlannedCheck[];
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly prior_state?: { readonly values?: PlannedValues };
  readonly planned_values?: PlannedValues;
  readonly configuration?: { readonly root_module?: ConfiguredModule };
  readonly errored?: boolean;
  readonly complete?: boolean;
  readonly timestamp?: string;
}

/** A resource in `resource_changes` or `resource_drift`. */
export interface PlannedResource {
  readonly address: string;
  readonly mode?: string;
  readonly type: string;
  readonly name?: string;
  readonly previous_address?: string;
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: PlannedChange;
}

/** What happens to one resource or output. */
export interface PlannedChange {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly unknown[])[];
  readonly importing?: { readonly id?: string } | null;
}

/** The outcome of a `check` block, a condition or a validation. */
export interface PlannedCheck {
  readonly address?: { readonly kind?: string; readonly to_display?: string };
  readonly status?: string;
  readonly instances?: readonly {
    readonly address?: { readonly to_display?: string };
    readonly status?: string;
    readonly problems?: readonly { readonly message?: string }[];
  }[];
}

/** Values of a state or of a plan, by module. */
export interface PlannedValues {
  readonly outputs?: Readonly<Record<string, { readonly sensitive?: boolean; readonly value?: unknown }>>;
  readonly root_module?: PlannedModule;
}

/** One module's resources. */
export interface PlannedModule {
  readonly resources?: readonly {
    readonly values?: unknown;
    readonly sensitive_values?: unknown;
  }[];
  readonly child_modules?: readonly PlannedModule[];
}

/** What the configuration says, as far as it is read: which variables are secret, which attributes are set. */
export interface ConfiguredModule {
  readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean; readonly default?: unknown }>>;
  readonly resources?: readonly {
    readonly address?: string;
    readonly expressions?: Readonly<Record<string, unknown>>;
  }[];
}
