using System.Collections;
using System.Reflection;
using System.Text;

namespace KubeInject.IntegrationTests;

/// <summary>All texts of an object that a log, a debugger or a serializer can show.</summary>
internal static class PublicTexts
{
    /// <summary>The texts of an object and of all its public properties, recursively.</summary>
    public static IReadOnlyList<string> Of(object value)
    {
        var texts = new List<string>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Queue<object>([value]);
        while (left.TryDequeue(out var next))
        {
            if (!seen.Add(next))
                continue;
            texts.Add(next as string ?? $"{next}");
            if (next is byte[] bytes)
                texts.Add(Encoding.UTF8.GetString(bytes));
            if (next is string or byte[] or MemberInfo or Assembly or Module || next.GetType().IsPrimitive)
                continue;
            if (next is IEnumerable items)
            {
                foreach (var item in items)
                    Add(item);
            }

            foreach (var property in next.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
                Add(Read(property, next));
        }

        return texts;

        void Add(object? found)
        {
            if (found is not null)
                left.Enqueue(found);
        }
    }

    private static object? Read(PropertyInfo property, object of)
    {
        try
        {
            return property.GetValue(of);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }
}
