import MarkdownIt from "markdown-it";

import { billedKinds } from "../../../analysis/change";

const parser = new MarkdownIt({ html: true, linkify: false });

/** The only HTML that our Markdown may hold. */
const ourBlocks = /^(<details>\n<summary>[\w ,]+ \(\d+\)<\/summary>|<\/details>)\n$/;
const ourInline = /^<\/?code>$/;

const ourHeadings =
  /^(Whole stacks destroyed|Needs an approval|Not planned because of an error|Blocked|Not reviewed|Data destroyed, replaced or removed from the state|Protection switched off|Permissions widened|More traffic gets through|Routing, health and capacity|Other resources destroyed or replaced|Billed by the hour or month|Regions compared|Drift|Checks that do not hold)( \(\d+\))?$/;

/** The only links: AWS's pages of prices. */
const ourLinks: ReadonlySet<string> = new Set(billedKinds.map(({ pricing }) => pricing));

/** Markdown as the parser reads it. */
export type Tokens = ReturnType<typeof parser.parse>;

/** Parses Markdown; once is enough for all that is asked below, and it takes most of the time. */
export function parseMarkdown(markdown: string): Tokens {
  return parser.parse(markdown, {});
}

/**
 * What is wrong with the structure of a report: anything that its content could only have brought in by
 * getting out of where it was put. Empty for a sound one.
 */
export function structureProblems(markdown: string, tokens: Tokens = parseMarkdown(markdown)): string[] {
  const problems: string[] = [];
  let open = 0;
  let cells = 0;
  tokens.forEach((token, index) => {
    switch (token.type) {
      case "heading_open": {
        const title = tokens[index + 1]?.content ?? "";
        if (
          token.tag === "h3" ? !ourHeadings.test(title) : token.tag !== "h2" || !/^(`|<code>)/.test(title)
        ) {
          problems.push(`foreign heading ${token.tag} ${title.slice(0, 80)}`);
        }
        break;
      }
      case "html_block":
        open += token.content.startsWith("<details>") ? 1 : -1;
        if (!ourBlocks.test(token.content) || open < 0 || open > 1) {
          problems.push(`foreign HTML ${token.content.slice(0, 80)}`);
        }
        break;
      case "fence":
        if (!token.content.split("\n").every((line) => line === "" || /^[-+! ] /.test(line))) {
          problems.push(`foreign line in a fence ${token.content.slice(0, 80)}`);
        }
        break;
      case "tr_open":
        cells = 0;
        break;
      case "th_open":
      case "td_open":
        cells += 1;
        break;
      case "tr_close":
        if (cells !== 9) {
          problems.push(`a table row of ${cells} cells`);
        }
        break;
      case "inline":
        problems.push(...linksIn(token.children ?? []).map((link) => `a link: ${link}`));
        for (const child of token.children ?? []) {
          const isForeign =
            (child.type === "link_open" && !ourLinks.has(String(child.attrGet("href")))) ||
            child.type === "image" ||
            child.type === "em_open" ||
            child.type === "s_open" ||
            child.type === "strong_open" ||
            (child.type === "html_inline" && !ourInline.test(child.content));
          if (isForeign) {
            problems.push(`foreign ${child.type} in ${token.content.slice(0, 80)}`);
          }
        }
        break;
      case "code_block":
      case "hr":
      case "ordered_list_open":
        problems.push(`foreign ${token.type} ${token.content.slice(0, 80)}`);
        break;
    }
  });
  return open === 0 ? problems : [...problems, `${open} <details> left open`];
}

/** What GitHub makes a link of wherever it is, up to the next tag and with references resolved. */
const mail = /[\w.+-]+@[\w-]+\.[\w.-]*\w/;

/** What GitHub and GitLab make links, mentions, signs and formulas of outside of code. */
const linked =
  /@\w|#\d|\bGH-\d|\$|(?<!:):\w+:(?!:)|\bwww\.\w|\b(https?|ftp|mailto|xmpp):\S|\b(?=\d*[a-f])[\da-f]{7,40}\b(?<=\d.*)/i;

function linksIn(children: Tokens): string[] {
  const found: string[] = [];
  let [text, isCode] = ["", false];
  for (const { type, content } of [...children, { type: "end", content: "" }]) {
    if (type === "text" || type === "text_special") {
      text += content;
      continue;
    }
    found.push(mail.exec(text)?.[0] ?? (isCode ? undefined : linked.exec(text)?.[0]) ?? "");
    [text, isCode] = ["", content === "<code>"];
  }
  return found.filter((link) => link !== "");
}

/** What a reader of the rendered page can see, entities resolved: a secret must not be in there either. */
export function visibleText(tokens: Tokens): string {
  return parser.renderer
    .render(tokens, parser.options, {})
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(
      /&(lt|gt|amp|quot);/g,
      (_entity, name: string) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? "",
    );
}
