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
  /** Changes that Terraform puts off until more is known; written where deferral is allowed. */
  readonly deferred_changes?: readonly PlannedDeferral[];
  /** Actions of providers that run before or after changes (Terraform 1.14). */
  readonly action_invocations?: readonly PlannedAction[];
  readonly deferred_action_invocations?: readonly {
    readonly reason?: string;
    readonly action_invocation?: PlannedAction;
  }[];
  readonly output_changes?: Readonly<Record<string, PlannedChange>>;
  readonly checks?: readonly PlannedCheck[];
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly prior_state?: { readonly values?: PlannedValues };
  readonly planned_values?: PlannedValues;
  readonly configuration?: { readonly root_module?: ConfiguredModule };
  readonly errored?: boolean;
  /** Whether an apply of this plan reaches what the configuration asks for; false where something is put off. */
  readonly complete?: boolean;
  readonly timestamp?: string;
}

/** A change that waits, and why: `resource_config_unknown`, `provider_config_unknown`, … */
export interface PlannedDeferral {
  readonly reason?: string;
  readonly resource_change?: PlannedResource;
}

/** What a provider is asked to do besides its resources. */
export interface PlannedAction {
  readonly address?: string;
  readonly type?: string;
  readonly config_values?: unknown;
  readonly config_sensitive?: unknown;
  readonly config_unknown?: unknown;
  readonly lifecycle_action_trigger?: {
    readonly triggering_resource_address?: string;
    readonly action_trigger_event?: string;
  };
  readonly invoke_action_trigger?: unknown;
}

/** A resource in `resource_changes` or `resource_drift`. */
export interface PlannedResource {
  /** Terraform 1.0 leaves it out of its drift; redaction puts it together. */
  readonly address: string;
  readonly module_address?: string;
  readonly index?: unknown;
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

/** What the configuration says, as far as it is read: what is secret, which attributes are set. */
export interface ConfiguredModule {
  readonly outputs?: Readonly<
    Record<
      string,
      { readonly sensitive?: boolean; readonly expression?: { readonly constant_value?: unknown } }
    >
  >;
  readonly module_calls?: Readonly<Record<string, ModuleCall>>;
  readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean; readonly default?: unknown }>>;
  readonly resources?: readonly {
    readonly address?: string;
    readonly expressions?: Readonly<Record<string, unknown>>;
  }[];
}

/** A module inside of another, and what it is given. */
export interface ModuleCall {
  readonly expressions?: Readonly<Record<string, unknown>>;
  readonly module?: ConfiguredModule;
}
