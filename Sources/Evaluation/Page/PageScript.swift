/// The rollout viewer: plain JavaScript that only ever sets text, never markup.
enum PageScript {
  static let javascript = #"""
    (() => {
      const source = document.getElementById("rollouts");
      const groups = source ? JSON.parse(source.textContent) : [];
      if (groups.length === 0) return;
      const at = id => document.getElementById(id);
      const make = (tag, name, text) => {
        const element = document.createElement(tag);
        if (name) element.className = name;
        if (text !== undefined) element.textContent = text;
        return element;
      };
      const figure = (value, digits) => value === null || value === undefined || !isFinite(value)
        ? "–" : value.toFixed(digits).replace("-", "−");
      const origins = [
        ["prompt", "prompt", "transparent"],
        ["policy", "policy", "color-mix(in srgb, var(--accent) 30%, transparent)"],
        ["environment", "environment", "var(--sand)"],
        ["demonstration", "demonstration", "color-mix(in srgb, var(--warm) 22%, transparent)"],
        ["template", "template", "var(--shade)"]];
      const strips = {prompt: "var(--rule)", policy: "var(--accent)",
        environment: "var(--clay)", demonstration: "var(--warm)", template: "var(--faint)"};
      const state = {group: 0, member: 0, colour: "origin", beside: false, token: null};

      const choice = (holder, options, current, choose) => {
        holder.replaceChildren(...options.map(([value, title]) => {
          const button = make("button", "", title);
          button.type = "button";
          button.setAttribute("aria-pressed", String(value === current()));
          button.addEventListener("click", () => { choose(value); draw(); });
          return button;
        }));
      };
      const rewardText = member => member.reward === undefined ? "not scored"
        : figure(member.reward, 3).replace(/\.?0+$/, "");

      const drawMembers = () => {
        at("members").replaceChildren(...groups[state.group].members.map((member, index) => {
          const card = make("button", "member");
          card.type = "button";
          card.setAttribute("aria-pressed", String(index === state.member));
          card.title = member.title + ", " + member.status;
          card.append(make("b", "", rewardText(member)),
            make("span", "", member.given === undefined ? member.status : member.given || "(empty)"),
            make("span", "", member.note || member.title));
          const strip = make("i");
          for (const span of member.spans) {
            const part = make("u");
            part.style.flex = String(span.ids.length);
            part.style.background = strips[span.origin];
            strip.append(part);
          }
          card.append(strip);
          card.addEventListener("click", () => {
            state.member = index;
            state.token = null;
            draw();
          });
          return card;
        }));
      };

      const tint = (span, index, scale) => {
        if (state.colour === "logProbability") {
          const value = span.logProbabilities && span.logProbabilities[index];
          if (value === null || value === undefined) return "";
          const share = Math.min(1, -value / 4) * 65;
          return "color-mix(in srgb, var(--warm) " + share.toFixed(0) + "%, transparent)";
        }
        if (state.colour === "advantage") {
          const value = span.advantages && span.advantages[index];
          if (!value || scale === 0) return "";
          const share = 8 + Math.abs(value) / scale * 32;
          return "color-mix(in srgb, var(--" + (value > 0 ? "accent" : "warm") + ") "
            + share.toFixed(0) + "%, transparent)";
        }
        return "";
      };

      const drawText = (member, scale) => {
        const text = make("div", "text" + (state.colour === "origin" ? " byOrigin" : ""));
        text.tabIndex = 0;
        text.setAttribute("aria-label", "Tokens of " + member.title);
        let turn = -1;
        for (const span of member.spans) {
          const row = make("div", "span " + span.origin);
          const label = make("small", "", span.origin);
          if (span.turn !== turn && span.origin !== "prompt") {
            label.textContent = "turn " + (span.turn + 1) + " " + span.origin;
            turn = span.turn;
          }
          const words = make("div");
          span.text.forEach((piece, index) => {
            const last = index === span.text.length - 1;
            const shown = last ? piece.replace(/\n+$/, match => "↵".repeat(match.length))
              : piece.replace(/\n/g, "↵\n");
            const token = make("span", piece === "" ? "t cut" : "t", shown);
            token.style.background = tint(span, index, scale);
            token.facts = {span, index};
            token.title = "id " + span.ids[index]
              + (span.logProbabilities
                ? "  log-probability " + figure(span.logProbabilities[index], 3) : "")
              + (span.advantages ? "  advantage " + figure(span.advantages[index], 3) : "");
            words.append(token);
          });
          row.append(label, words);
          text.append(row);
        }
        return text;
      };

      const drawPanel = () => {
        const list = make("dl");
        const add = (name, value) => list.append(make("dt", "", name), make("dd", "", value));
        const shown = make("p", "shown");
        if (state.token) {
          const {span, index} = state.token.facts;
          const value = span.logProbabilities && span.logProbabilities[index];
          shown.textContent = JSON.stringify(span.text[index]);
          add("token id", String(span.ids[index]));
          add("origin", span.origin);
          add("role", span.role);
          add("turn", String(span.turn + 1));
          if (span.logProbabilities) {
            add("log-probability", figure(value, 4));
            add("probability", typeof value === "number" ? figure(Math.exp(value), 4) : "–");
          }
          if (span.advantages) add("advantage", figure(span.advantages[index], 4));
        } else {
          const member = groups[state.group].members[state.member];
          shown.textContent = "Point at a token.";
          shown.style.font = "inherit";
          add("reward", rewardText(member));
          add("ended", member.status);
          add("searches", String(member.searches));
          add("tokens", String(member.spans.reduce((sum, span) => sum + span.ids.length, 0)));
        }
        at("panel").replaceChildren(shown, list);
      };

      const point = token => {
        if (!token || token === state.token) return;
        if (state.token) state.token.classList.remove("on");
        state.token = token;
        token.classList.add("on");
        drawPanel();
      };

      const drawLegend = () => {
        const entries = state.colour === "origin"
          ? origins.filter(([name]) => groups[state.group].members.some(
            member => member.spans.some(span => span.origin === name)))
          : state.colour === "advantage"
            ? [["up", "made likelier", "color-mix(in srgb, var(--accent) 40%, transparent)"],
              ["down", "made less likely", "color-mix(in srgb, var(--warm) 40%, transparent)"]]
            : [["sure", "certain", "transparent"],
              ["unsure", "e⁻⁴ or rarer", "color-mix(in srgb, var(--warm) 65%, transparent)"]];
        at("legend").replaceChildren(...entries.map(([, title, swatch]) => {
          const entry = make("span", "", title);
          entry.style.setProperty("--swatch", swatch);
          return entry;
        }));
      };

      const draw = () => {
        const group = groups[state.group];
        const member = group.members[state.member];
        choice(at("groups"), groups.map((each, index) => [index, each.title]),
          () => state.group, value => {
            state.group = value;
            state.member = 0;
            state.token = null;
          });
        choice(at("colour"), [["origin", "Origin"], ["logProbability", "Log-probability"],
          ["advantage", "Advantage"]], () => state.colour, value => {
            state.colour = value;
            state.token = null;
          });
        choice(at("beside"), [[false, "One"], [true, "Beside each other"]],
          () => state.beside, value => {
            state.beside = value;
            state.token = null;
          });
        at("question").replaceChildren(make("b", "", member.question),
          make("span", "", "Right: " + (member.answers.join(" or ") || "a judge decides")
            + (member.given === undefined ? "" : ". Given: " + (member.given || "nothing"))
            + (member.note ? ". " + member.note : "")));
        drawMembers();
        drawLegend();
        const scale = Math.max(0, ...group.members.flatMap(each => each.spans.flatMap(
          span => (span.advantages || []).map(value => Math.abs(value || 0)))));
        const columns = at("columns");
        columns.className = state.beside ? "columns" : "columns single";
        columns.replaceChildren(...(state.beside ? group.members : [member]).map(each => {
          const column = make("div", "column");
          column.append(make("h3", "", rewardText(each) + "  " + each.title),
            drawText(each, scale));
          return column;
        }));
        drawPanel();
      };

      const columns = at("columns");
      const token = event => event.target.closest ? event.target.closest(".t") : null;
      columns.addEventListener("mouseover", event => point(token(event)));
      columns.addEventListener("click", event => point(token(event)));
      columns.addEventListener("keydown", event => {
        if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
        const text = event.target.closest(".text");
        if (!text) return;
        const all = [...text.querySelectorAll(".t")];
        const now = all.indexOf(state.token);
        const next = event.key === "ArrowRight" ? now + 1 : Math.max(0, now - 1);
        if (next < all.length) point(all[next]);
        event.preventDefault();
      });
      at("viewer").hidden = false;
      draw();
    })();
    """#
}
