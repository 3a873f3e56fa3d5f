package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Str;

/** HTML escaping, which jinja2 applies to text that is added to text marked as safe. */
final class Markup {

    private Markup() {}

    static String escape(Str string) {
        if (string.markup()) {
            return string.text();
        }
        return string.text()
                .replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }
}
