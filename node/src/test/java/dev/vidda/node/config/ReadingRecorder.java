package dev.vidda.node.config;

import com.typesafe.config.Config;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;

/** A configuration that remembers which of its values were asked for. */
final class ReadingRecorder {
    private final Set<String> read = new TreeSet<>();

    Config recording(Config config) {
        return recording(config, "");
    }

    /** The paths that were asked for, also those of objects that were taken as a whole. */
    Set<String> read() {
        return read;
    }

    private Config recording(Config config, String prefix) {
        return (Config) Proxy.newProxyInstance(
                Config.class.getClassLoader(),
                new Class<?>[] {Config.class},
                (self, method, arguments) -> call(config, prefix, method, arguments));
    }

    private Object call(Config config, String prefix, Method method, Object... arguments) throws Throwable {
        boolean ofKey = arguments != null && arguments.length > 0 && arguments[0] instanceof String;
        String path = ofKey ? prefix + arguments[0] : prefix;
        boolean section = method.getName().equals("getConfig");
        if (ofKey && method.getName().startsWith("get") && !section) {
            read.add(path);
        }
        try {
            Object result = method.invoke(config, arguments);
            return section ? recording((Config) result, path + ".") : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
