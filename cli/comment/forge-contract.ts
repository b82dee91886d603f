/** What GitHub and GitLab have in common, as far as reports need it. */
export interface Forge {
  /** Every comment of the pull request, oldest first. */
  comments(): Promise<readonly ForgeComment[]>;
  createComment(body: string): Promise<void>;
  /** The number of the pull request that was merged as a commit; nothing where none was. */
  mergedAs(commit: string): Promise<number | undefined>;
  updateComment(id: number, body: string): Promise<void>;
  /** Issues that carry a label, open and closed. */
  issues(label: string): Promise<readonly ForgeIssue[]>;
  createIssue(title: string, body: string, label: string): Promise<void>;
  updateIssue(number: number, change: { body: string; isOpen: boolean }): Promise<void>;
}

/** Where reports go. */
export interface ForgeTarget {
  readonly provider: "github" | "gitlab";
  /** The REST API: `https://api.github.com`, or the host of GitLab. */
  readonly url: string;
  /** `owner/name`, or GitLab's project id or path. */
  readonly repository: string;
  /** Number of the pull request, or the merge request's internal id; zero where only issues are wanted. */
  readonly number: number;
  readonly token: string;
}

/** A comment on a pull request, or a note on a merge request. */
export interface ForgeComment {
  readonly id: number;
  readonly body: string;
  /** Whether whoever holds our token wrote it. */
  readonly isOurs: boolean;
}

/** An issue that stands for a state of things. */
export interface ForgeIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly isOpen: boolean;
  /** Whether whoever holds our token wrote it. */
  readonly isOurs: boolean;
}
