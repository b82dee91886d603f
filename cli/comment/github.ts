import type { Octokit } from "@octokit/rest";

import type { ForgeTarget, Forge } from "./forge-contract";

/** GitHub's REST API; `url` is `https://api.github.com` or an Enterprise Server's `/api/v3`. */
export async function githubForge(target: ForgeTarget): Promise<Forge> {
  const [owner = "", repo = ""] = target.repository.split("/");
  // Loaded here, because no other command needs it.
  const { Octokit } = await import("@octokit/rest");
  const client = new Octokit({ auth: target.token, baseUrl: target.url.replace(/\/$/, "") });
  const login = await loginOf(client);
  // A workflow's token belongs to an app and may not ask who it is; apps write as bots.
  const isOurs = (user: { login: string; type: string } | null | undefined): boolean =>
    login === undefined ? user?.type === "Bot" : user?.login === login;
  const place = { owner, repo };
  return {
    async comments() {
      const all = await client.paginate(client.rest.issues.listComments, {
        ...place,
        issue_number: target.number,
        per_page: 100,
      });
      return all.map(({ id, body, user }) => ({ id, body: body ?? "", isOurs: isOurs(user) }));
    },
    async createComment(body) {
      await client.rest.issues.createComment({ ...place, issue_number: target.number, body });
    },
    async mergedAs(commit) {
      const { data } = await client.rest.repos.listPullRequestsAssociatedWithCommit({
        ...place,
        commit_sha: commit,
      });
      // It also lists pull requests that only have the commit among their own.
      return data.find(
        ({ merged_at: mergedAt, merge_commit_sha: merge }) => mergedAt !== null && merge === commit,
      )?.number;
    },
    async updateComment(id, body) {
      await client.rest.issues.updateComment({ ...place, comment_id: id, body });
    },
    async issues(label) {
      const all = await client.paginate(client.rest.issues.listForRepo, {
        ...place,
        labels: label,
        state: "all",
        per_page: 100,
      });
      return all
        .filter(({ pull_request: pullRequest }) => pullRequest === undefined)
        .map(({ number, title, body, state, user }) => ({
          number,
          title,
          body: body ?? "",
          isOpen: state === "open",
          isOurs: isOurs(user),
        }));
    },
    async createIssue(title, body, label) {
      await client.rest.issues.create({ ...place, title, body, labels: [label] });
    },
    async updateIssue(number, { body, isOpen }) {
      await client.rest.issues.update({
        ...place,
        issue_number: number,
        body,
        state: isOpen ? "open" : "closed",
      });
    },
  };
}

async function loginOf(client: Octokit): Promise<string | undefined> {
  try {
    return (await client.rest.users.getAuthenticated()).data.login;
  } catch (error) {
    const status =
      typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
    if (status === 403 || status === 404) {
      return undefined;
    }
    throw error;
  }
}
